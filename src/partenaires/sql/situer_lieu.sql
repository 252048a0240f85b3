-- The commune that holds a point, on the finest contours. $1 edition, $2 longitude, $3 latitude.
with lieu as (select st_transform(st_setsrid(st_point($2, $3), 4326), 3857) as point)
select t.maille, t.code, t.nom
from lieu
join contour c
  on c.edition = $1 and c.bande = bande(14) and c.maille = 'commune' and c.contour && lieu.point
  and st_intersects(c.contour, lieu.point)
join territoire t on t.edition = c.edition and t.maille = c.maille and t.code = c.code
order by t.code
limit 1
