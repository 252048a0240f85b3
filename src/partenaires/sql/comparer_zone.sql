-- The newest version of a zone, and whether it says what is proposed. $1 réseau, $2 the proposal as JSON, $3 its
-- units as JSON.
select z.id, z.version, z.etat, zone_dit(z, $2::jsonb - 'version', $3) as identique
from zone z
where z.reseau = $1 and z.code = $2::jsonb ->> 'code'
order by z.version desc
limit 1
