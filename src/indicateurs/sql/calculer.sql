-- The indicators that are worked out from the territories of a millésime. Values go into
-- `calcul (indicateur, periode, maille, code, valeur, etat)`. $1 edition, $2 millésime.
with
  communes as materialized (
    select t.code, t.epci, t.population, t.etat_contour, t.point, t.rang
    from territoire t
    where t.edition = $1 and t.maille = 'commune'
  ),
  -- Square kilometres on the ground of what Web Mercator stretches: by the product of the ellipsoid's
  -- radii of curvature (e² = 0.00669438) and the square of the cosine of the latitude.
  surfaces as materialized (
    select c.code,
      case when c.etat_contour in ('complet', 'reuni')
        then st_area(g.contour) * power(cos(l.latitude), 2)
          * 0.99330562 / power(1 - 0.00669438 * power(sin(l.latitude), 2), 2) / 1e6
      end as km2
    from communes c
    join contour g
      on g.edition = $1 and g.bande = bande(14) and g.maille = 'commune' and g.code = c.code
    cross join lateral (
      select 2 * atan(exp(st_y(c.point) / 6378137)) - pi() / 2 as latitude) as l
  ),
  epci as materialized (
    select epci as code, count(*) as communes, sum(population) as population
    from communes
    where epci is not null
    group by epci
  ),
  villes as materialized (
    select distinct on (epci) epci as code, point
    from communes
    where epci is not null and point is not null
    order by epci, rang
  ),
  reunies as materialized (
    select nouveau as code, count(distinct ancien) as nombre
    from passage
    where vers = $2 and ancien <> nouveau and jusqu < $2
    group by nouveau
  ),
  -- The oldest population loaded, carried over to today's communes.
  debut as materialized (
    select min(m.annee) as annee, (array_agg(m.edition order by m.annee))[1] as edition
    from millesime m
    where m.annee < $2
      and exists (
        select from territoire t
        where t.edition = m.edition and t.maille = 'commune' and t.population is not null)
  ),
  populations_debut as materialized (
    select coalesce(p.nouveau, t.code) as code, sum(t.population * coalesce(p.part, 1)) as population
    from debut d
    join territoire t on t.edition = d.edition and t.maille = 'commune' and t.population is not null
    left join passage p
      on p.vers = $2 and p.ancien = t.code and d.annee between p.depuis and p.jusqu
    group by 1
  )
insert into calcul (indicateur, periode, code, valeur)
select 'population', $2::text, code, population from communes
union all
select 'communes', $2::text, code, 1 from communes
union all
select 'superficie', $2::text, code, km2 from surfaces
union all
select 'taille', $2::text, code,
  width_bucket(population, array[200, 500, 1000, 2000, 5000, 10000, 50000])
from communes
union all
select 'ruralite', $2::text, c.code,
  width_bucket((c.population / s.km2)::numeric, array[25, 100, 300, 1500]::numeric[])
from communes c join surfaces s on s.code = c.code
where s.km2 > 0
union all
select 'epci_communes', $2::text, c.code, e.communes
from communes c left join epci e on e.code = c.epci
union all
select 'epci_population', $2::text, c.code, e.population
from communes c left join epci e on e.code = c.epci
union all
select 'epci_poids', $2::text, c.code, 100.0 * c.population / nullif(e.population, 0)
from communes c left join epci e on e.code = c.epci
union all
select 'distance_ville_epci', $2::text, c.code,
  st_distancesphere(st_transform(c.point, 4326), st_transform(v.point, 4326)) / 1000
from communes c left join villes v on v.code = c.epci
where c.point is not null
union all
select 'communes_reunies', $2::text, c.code, coalesce(r.nombre, 0)
from communes c left join reunies r on r.code = c.code
union all
select 'population_debut', d.annee || '-' || $2, c.code, p.population
from communes c cross join debut d left join populations_debut p on p.code = c.code
where d.annee is not null
union all
select 'population_variation', d.annee || '-' || $2, c.code, c.population - p.population
from communes c cross join debut d left join populations_debut p on p.code = c.code
where d.annee is not null
