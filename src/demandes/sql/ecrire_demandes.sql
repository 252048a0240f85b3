-- $1 réseau, $2 demandes as JSON.
insert into demande (
  reseau, reference, date, theme, partenaire, maille, beneficiaire, millesime, objet, etat)
select $1, x.reference, x.date, x.theme, x.partenaire, x.maille, x.beneficiaire, x.millesime,
  x.objet, x.etat
from jsonb_to_recordset($2) as x (
  reference text, date date, theme text, partenaire text, maille text, beneficiaire text,
  millesime smallint, objet text, etat text)
