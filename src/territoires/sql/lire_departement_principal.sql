-- The département that has most of the communes of a unit (then most of its inhabitants), its région, and how many communes are elsewhere: an EPCI may
-- span several. $1 edition, $2 maille, $3 code.
select d.code, d.nom, r.code as region, r.nom as region_nom, c.ailleurs::bigint as ailleurs
from (
  select c.departement, sum(count(*)) over () - count(*) as ailleurs, count(*) as siennes,
    sum(c.population) as habitants
  from communes_de($1, $2, $3) c
  group by c.departement
) c
join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = c.departement
left join territoire r on r.edition = $1 and r.maille = 'region' and r.code = d.region
order by c.siennes desc, c.habitants desc nulls last, d.code
limit 1
