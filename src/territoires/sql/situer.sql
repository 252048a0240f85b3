-- Units that contain a point. $1 edition, $2 longitude, $3 latitude, $4 maille or null.
with
  lieu as (select st_transform(st_setsrid(st_point($2, $3), 4326), 3857) as point),
  -- The finest band; a point on a border belongs to several.
  atteint as (
    select c.maille, c.code
    from contour c, lieu
    where c.edition = $1 and c.bande = bande(14) and c.contour && lieu.point
      and st_intersects(c.contour, lieu.point) and ($4::maille is null or c.maille = $4)
  )
select
  u.maille, u.code, u.nom, u.departement, d.nom as departement_nom, u.codes_postaux, u.population,
  st_x(p.point) as lon, st_y(p.point) as lat, u.emprise, 'point' as motif
from atteint a
join territoire u on u.edition = $1 and u.maille = a.maille and u.code = a.code
left join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = u.departement
cross join lateral (select st_transform(u.point, 4326) as point) p
order by u.maille, u.code
