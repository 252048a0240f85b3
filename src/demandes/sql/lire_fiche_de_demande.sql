-- A demande as those who keep it read it. $1 its number.
select d.id, s.revision, d.reseau, s.reference, d.date, d.themes, d.partenaires, d.maille, d.beneficiaire, d.millesime,
  s.fiche, s.niveau, s.objet, s.etat, d.reponse, d.cloture, s.suite, s.jours::double precision as jours, s.origine,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'nom', c.nom, 'fonction', c.fonction, 'courriel', c.courriel, 'telephone', c.telephone) order by c.id), '[]')
   from contact c
   where c.demande = d.id) as contacts
from demande_suivie s
join demande d on d.id = s.id
where s.id = $1 and s.revision is not null
