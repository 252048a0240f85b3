-- Réseaux that answer for a place, and its communes in the perimeter of each: those of most communes first.
-- $1 edition, $2 millésime, $3 maille and $4 code of the place.
select r.code, r.nom, r.nom_court, r.departement, r.annee, r.millesime as millesime_reference,
  r.demonstration, r.mention, r.couleur, r.source_nom, r.source_site, r.guichet_nom, r.guichet_site,
  r.guichet_courriel, r.guichet_telephone, r.conservation_mois,
  r.presentation, r.destinataires, r.sig, r.partenaires_annonces, r.fiches_annoncees, r.seuil_couverture,
  -- Not for the owner of the data, from whom no demande is kept.
  case when r.seuil_publication is not null and r.code <> all (mes_reseaux())
    and not est_proprietaire()
    then r.seuil_publication end as seuil_masque,
  c.communes
from (
  select p.reseau, array_agg(p.code) as communes
  from perimetre_actuel p
  where p.millesime = $2 and p.maille = 'commune'
    and p.code = any (array(select c.code from communes_de($1, $3, $4) c))
  group by p.reseau
) c
join reseau r on r.code = c.reseau
order by cardinality(c.communes) desc, r.code
