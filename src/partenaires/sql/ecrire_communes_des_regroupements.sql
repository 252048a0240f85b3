insert into regroupement_commune (reseau, regroupement, commune, millesime, partagee)
select $1, x.regroupement, x.commune, x.millesime, x.partagee
from jsonb_to_recordset($2) as x (
  regroupement text, commune text, millesime smallint, partagee boolean)
