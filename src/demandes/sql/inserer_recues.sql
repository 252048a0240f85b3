-- The new demandes. $1 réseau.
insert into demande (
  reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat,
  niveau, reponse, cloture, suite, jours, origine)
select $1, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat,
  niveau, reponse, cloture, suite, jours, 'tableau'
from comparee
where id is null
order by ligne
