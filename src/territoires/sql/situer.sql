-- Units that contain a point. $1 edition, $2 longitude, $3 latitude, $4 maille or null.
with
  lieu as (select st_transform(st_setsrid(st_point($2, $3), 4326), 3857) as point),
  -- On the finest band; a point on a border belongs to several communes.
  communes as (
    select t.code, t.epci, t.departement, t.region
    from lieu
    join contour c
      on c.edition = $1 and c.bande = bande(14) and c.maille = 'commune' and coalesce(c.contour, c.point) && lieu.point
      and st_intersects(c.contour, lieu.point)
    join territoire t on t.edition = $1 and t.maille = 'commune' and t.code = c.code
  ),
  -- The larger units are those of the commune.
  atteint as (
    select distinct u.maille, u.code
    from communes c
    cross join lateral (values
      ('commune'::maille, c.code), ('epci', c.epci), ('departement', c.departement),
      ('region', c.region)
    ) as u (maille, code)
    where u.code is not null and ($4::maille is null or u.maille = $4)
  )
select
  u.maille, u.code, u.nom, u.departement, d.nom as departement_nom, u.codes_postaux, u.population,
  st_x(p.point) as lon, st_y(p.point) as lat, u.emprise, 'point' as motif
from atteint a
join territoire u on u.edition = $1 and u.maille = a.maille and u.code = a.code
left join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = u.departement
cross join lateral (select st_transform(u.point, 4326) as point) p
order by u.maille, u.code
