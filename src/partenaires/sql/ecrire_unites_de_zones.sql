insert into zone_unite (reseau, zone, maille, code)
select $1, x.zone, x.maille, x.code
from jsonb_to_recordset($2) as x (zone text, maille maille, code text)
