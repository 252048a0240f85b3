-- What demandes.csv says; a demande that was found to be another is in that one. $1 réseau.
select reference, date::text, partenaire,
  array_to_string(partenaires[2:], '|') as partenaires_associes,
  theme,
  array_to_string(themes[2:], '|') as themes_associes,
  maille, beneficiaire, millesime::text, objet, etat, fiche, niveau, reponse::text, cloture::text, suite,
  trim_scale(jours)::text as jours
from demande
where reseau = $1 and fusionnee is null
order by date, reference collate "C", partenaire collate "C"
