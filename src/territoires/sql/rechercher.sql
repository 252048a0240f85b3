-- Units that answer a search, best first.
-- $1 edition, $2 search key (see cle_recherche), $3 text as a code (upper case, no space),
-- $4 maille or null, $5 maille of the unit to search in or null, $6 its code, $7 how many. Regroupements answer
-- when their maille is asked for.
with
  -- One row for each way in which a unit answers; the lowest rank is the best.
  reponse as (
    select u.maille, u.code, 0 as ordre, 'code' as motif
    from territoire u
    where u.edition = $1 and u.code = $3
    union all
    select 'commune', p.nouveau, 1, 'ancien_code'
    from passage p
    join edition e on e.id = $1 and p.vers = e.millesime and p.depuis <= e.millesime
    where p.ancien = $3
    union all
    select u.maille, u.code, 2, 'code_postal'
    from territoire u
    where u.edition = $1 and u.codes_postaux @> array[$3]
    union all
    -- The whole name, then its beginning, then the beginning of one of its words.
    select u.maille, u.code,
      case when u.cle = $2 then 3 when u.cle like $2 || '%' then 4 else 5 end, 'nom'
    from territoire u
    where u.edition = $1 and $2 <> '' and u.cle like '%' || $2 || '%'
      and (' ' || u.cle) like '% ' || $2 || '%'
  ),
  meilleure as (
    select distinct on (maille, code) maille, code, ordre, motif
    from reponse
    order by maille, code, ordre
  ),
  trouvees as (
    select u.maille, u.code, u.nom, u.epci, u.departement, u.region, u.codes_postaux, u.population, u.point,
      u.emprise, m.ordre, m.motif
    from meilleure m
    join territoire u on u.edition = $1 and u.maille = m.maille and u.code = m.code
    union all
    -- A named set of communes has no contour of its own.
    select 'regroupement', g.reseau || '/' || g.code, g.nom, null, r.departement, null, '{}',
      c.population, null, c.emprise, case when n.cle like $2 || '%' then 4 else 5 end, 'nom'
    from regroupement g
    join reseau r on r.code = g.reseau
    cross join lateral (select cle_recherche(g.nom) as cle) n
    cross join lateral (
      select sum(c.population)::integer as population,
        array[min(c.emprise[1]), min(c.emprise[2]), max(c.emprise[3]), max(c.emprise[4])] as emprise
      from communes_de($1, 'regroupement', g.reseau || '/' || g.code) c) c
    where $4 = 'regroupement' and $5 is null and $2 <> '' and (' ' || n.cle) like '% ' || $2 || '%'
  )
select
  u.maille, u.code, u.nom, u.departement, d.nom as departement_nom, u.codes_postaux, u.population,
  st_x(p.point) as lon, st_y(p.point) as lat, u.emprise, u.motif
from trouvees u
left join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = u.departement
cross join lateral (select st_transform(u.point, 4326) as point) p
where ($4::maille is null or u.maille = $4)
  and ($5::maille is null
    or ($5 = 'commune' and u.maille = 'commune' and u.code = $6)
    or ($5 = 'epci' and u.epci = $6)
    or ($5 = 'departement' and u.departement = $6)
    or ($5 = 'region' and u.region = $6)
    or ($5 = 'regroupement' and u.maille = 'commune' and u.code in (
      select c.code from communes_de($1, $5, $6) c)))
order by u.ordre, u.population desc nulls last, u.maille, u.code
limit $7
