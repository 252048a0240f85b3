insert into reseau_millesime (reseau, annee, millesime)
select $1, x.annee, x.millesime
from jsonb_to_recordset($2) as x (annee smallint, millesime smallint)
