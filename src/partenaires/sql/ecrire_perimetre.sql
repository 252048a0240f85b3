insert into perimetre (reseau, maille, code, millesime, nom)
select $1, x.maille, x.code, x.millesime, x.nom
from jsonb_to_recordset($2) as x (maille maille, code text, millesime smallint, nom text)
