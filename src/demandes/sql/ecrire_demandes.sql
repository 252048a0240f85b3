-- $1 réseau, $2 demandes as JSON.
insert into demande (
  reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, objet, etat)
select $1, x.reference, x.date, x.themes, x.partenaires, x.maille, x.beneficiaire, x.millesime,
  x.objet, x.etat
from jsonb_to_recordset($2) as x (
  reference text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint, objet text, etat text)
