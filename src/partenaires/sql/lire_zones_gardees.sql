-- Versions of zones that a folder must not write over: proposed apart from it, or decided since it was written.
-- $1 réseau, $2 the folder's zones as JSON, $3 their units as JSON.
select z.code, z.version,
  z.etat = x.zone ->> 'etat' and zone_dit(z, x.zone, $3) as identique
from jsonb_array_elements($2) as x (zone)
join zone z
  on z.reseau = $1 and z.code = x.zone ->> 'code' and z.version = (x.zone ->> 'version')::smallint
where z.origine <> x.zone ->> 'origine'
  or z.decidee_le > coalesce((x.zone ->> 'decidee_le')::timestamptz, '-infinity')
order by z.code, z.version
