-- The shapes of a map of some communes, each with what surrounds it: they, and the EPCI and départements around, clipped to
-- a frame a little larger. The band is as fine as the place is small. $1 edition, $2 codes of the communes.
with
  emprise as (
    select st_extent(c.contour)::geometry as boite
    from contour c
    where c.edition = $1 and c.bande = 8 and c.maille = 'commune' and c.code = any ($2)
  ),
  tailles as (
    select boite, greatest(st_xmax(boite) - st_xmin(boite), st_ymax(boite) - st_ymin(boite)) as cote
    from emprise
    where boite is not null
  ),
  cadre as materialized (
    select st_setsrid(st_expand(boite, cote * 0.5 + 1000), 3857) as boite,
      case when cote > 110000 then 8 else 10 end as bande
    from tailles
  )
select c.maille, c.code, c.nom, c.rang, st_x(c.point) as x, st_y(c.point) as y,
  st_asbinary(case
    when c.maille = 'commune' or c.contour @ k.boite then c.contour
    else st_collectionextract(st_clipbybox2d(c.contour, k.boite), 3)
  end) as contour
from cadre k
join contour c on c.edition = $1 and c.bande = k.bande and c.contour && k.boite
where c.maille in ('epci', 'departement') or (c.maille = 'commune' and c.code = any ($2))
order by c.maille, c.rang, c.code
