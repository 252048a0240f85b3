-- The contour of a version of a zone, as a GeoJSON feature. $1 réseau, $2 code, $3 version (null: the one in
-- force, else the newest), $4 today.
select jsonb_build_object(
  'type', 'Feature',
  'id', z.reseau || '/' || z.code || '@' || z.version,
  'properties', jsonb_build_object(
    'reseau', z.reseau, 'code', z.code, 'version', z.version, 'partenaire', z.partenaire,
    'theme', z.theme, 'nom', z.nom, 'debut', z.debut, 'fin', z.fin,
    'etat', etat_montre(z.etat, z.fin, $4),
    'millesime', c.millesime, 'demonstration', r.demonstration),
  'geometry', st_asgeojson(
    -- Rounding may fold a ring: what is left is made valid again.
    st_forcepolygonccw(st_collectionextract(st_makevalid(
      st_snaptogrid(st_transform(c.contour, 4326), 0.000001)), 3)), 6, 0)::jsonb)
from zone z
join reseau r on r.code = z.reseau
left join lateral (
  select c.millesime, c.contour
  from zone_contour c
  where c.zone = z.id and c.bande = bande(14)
  order by c.millesime desc
  limit 1
) c on true
where z.reseau = $1 and z.code = $2 and ($3::smallint is null or z.version = $3)
order by
  z.etat = 'validee' and $4 between z.debut and coalesce(z.fin, 'infinity') desc,
  z.version desc
limit 1
