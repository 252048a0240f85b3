-- $1 réseau, $2 the units of its zones as JSON.
insert into zone_unite (reseau, zone, maille, code, exclue)
select $1, z.id, x.maille, x.code, x.exclue
from jsonb_to_recordset($2) as x (
  zone text, version smallint, maille maille, code text, exclue boolean)
join zone z on z.reseau = $1 and z.code = x.zone and z.version = x.version
