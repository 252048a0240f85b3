-- The new demandes of a table. $1 réseau, $2 rows as JSON.
insert into demande (
  reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat,
  niveau, reponse, cloture, suite, jours, origine)
select $1, c.reference, c.date, c.themes, c.partenaires, c.maille, c.beneficiaire, c.millesime, c.fiche, c.objet,
  c.etat, c.niveau, c.reponse, c.cloture, c.suite, c.jours, 'tableau'
from jsonb_to_recordset($2) as c (
  rang bigint, reference text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint, fiche text, objet text, etat text, niveau text, reponse date, cloture date, suite text,
  jours numeric(7, 2))
order by c.rang
