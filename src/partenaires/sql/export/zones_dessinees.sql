-- Drawn zones as features of GeoJSON. A tenth of a millimetre is finer than the millimetre that surfaces are
-- kept to: what is read back is what was kept. $1 réseau.
select json_strip_nulls(json_build_object(
  'type', 'Feature',
  'properties', json_build_object(
    'code', z.code,
    'version', z.version,
    'partenaire', z.partenaire,
    'theme', z.theme,
    'nom', z.nom,
    'etat', z.etat,
    'debut', z.debut,
    'fin', z.fin,
    'proposee_le', to_char(z.proposee_le at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'decidee_le', to_char(z.decidee_le at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'motif', z.motif,
    'reparation', z.reparation,
    'examinee', 'oui'),
  'geometry', st_asgeojson(st_forcepolygonccw(st_transform(z.surface, 4326)), 9, 0)::json))::text
from zone z
where z.reseau = $1 and z.surface is not null
order by z.code collate "C", z.version
