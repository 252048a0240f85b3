-- The surface of each zone on the contours of each band, for the tiles: what was drawn, or the union
-- of the communes that it covers. $1 réseau, or null for all; $2 zone, or null for all.
with
  bandes as (select distinct bande(z) as bande from generate_series(5, 14) as z),
  ensembles as materialized (
    select zc.reseau, zc.zone, zc.millesime, array_agg(zc.commune order by zc.commune) as communes
    from zone_commune zc
    join zone z on z.id = zc.zone
    where z.surface is null and zc.couverte and zc.dans_perimetre
      and ($1::text is null or zc.reseau = $1) and ($2::integer is null or zc.zone = $2)
    group by zc.reseau, zc.zone, zc.millesime
  ),
  -- Many zones are the whole département: what is the same is united once.
  distincts as materialized (
    select millesime, communes, row_number() over () as rang
    from (select distinct millesime, communes from ensembles) as d
  ),
  unions as materialized (
    select d.rang, b.bande, st_multi(st_unaryunion(st_collect(c.contour))) as surface
    from distincts d
    join millesime m on m.annee = d.millesime
    cross join bandes b
    cross join unnest(d.communes) as commune
    join contour c
      on c.edition = m.edition and c.bande = b.bande and c.maille = 'commune' and c.code = commune
      and c.contour is not null
    group by d.rang, b.bande
  ),
  -- A drawn surface needs no more detail than the communes have in the band: a pixel of a tile of 512.
  dessinees as materialized (
    select z.reseau, z.id as zone, b.bande,
      case
        when b.bande >= bande(14) then z.surface
        else st_multi(st_collectionextract(st_makevalid(
          st_simplifypreservetopology(z.surface, 40075016.68 / 512 / 2 ^ b.bande)), 3))
      end as surface
    from zone z
    cross join bandes b
    where z.surface is not null and z.etat in ('proposee', 'validee')
      and ($1::text is null or z.reseau = $1) and ($2::integer is null or z.id = $2)
  )
insert into zone_contour (reseau, zone, millesime, bande, contour)
select e.reseau, e.zone, e.millesime, u.bande, u.surface
from ensembles e
join distincts d on d.millesime = e.millesime and d.communes = e.communes
join unions u on u.rang = d.rang
union all
select d.reseau, d.zone, m.annee, d.bande, d.surface
from dessinees d
cross join millesime m
join edition e on e.id = m.edition and e.millesime_contours is not null
