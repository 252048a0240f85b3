-- What a small map of a unit shows, clipped to its frame: the unit, those of its maille around it (a regroupement's are
-- EPCI), and the units that it is made of. $1 edition, $2 band, $3 maille of those around, $4 code of the unit (null:
-- it has no contour of its own), $5 to $8 the frame (west, south, east, north, EPSG:3857), $9 maille and $10 codes of its
-- members.
with
  cadre as materialized (select st_makeenvelope($5, $6, $7, $8, 3857) as boite),
  unite as materialized (
    select c.contour from contour c where c.edition = $1 and c.bande = $2 and c.maille = $3 and c.code = $4
  ),
  traces as (
    select c.code, c.nom, c.rang, c.contour, c.point,
      case
        when c.code = $4 then 'unite'
        -- A common border is found on the band itself, whose vertices are shared.
        when st_intersects(c.contour, (select contour from unite)) then 'voisine'
        else 'autour'
      end as role
    from contour c
    where c.edition = $1 and c.bande = $2 and c.maille = $3
      and coalesce(c.contour, c.point) && (select boite from cadre)
      and not (c.maille = $9 and c.code = any ($10))
    union all
    select c.code, c.nom, c.rang, c.contour, c.point, 'membre'
    from contour c
    where c.edition = $1 and c.bande = $2 and c.maille = $9 and c.code = any ($10)
  )
select t.code, t.nom, t.rang, t.role, st_x(t.point) as x, st_y(t.point) as y,
  st_asbinary(case
    when t.contour @ k.boite then t.contour
    else st_collectionextract(st_clipbybox2d(t.contour, k.boite), 3)
  end) as contour
from traces t
cross join cadre k
where t.contour is not null
order by t.rang
