insert into fiche_partenaire (reseau, fiche, partenaire, niveau, cout, conditions)
select $1, x.fiche, x.partenaire, x.niveau, x.cout, x.conditions
from jsonb_to_recordset($2) as x (
  fiche text, partenaire text, niveau text, cout text, conditions text)
