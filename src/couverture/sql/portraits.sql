-- The communes of a réseau's perimeter, and its EPCI, in the codes of the map. $1 réseau, $2 edition, $3 millésime,
-- $4 and $5 a place (maille and code; null for everything).
with
  communes as materialized (
    select t.code, t.nom, t.epci, t.population::bigint as population
    from perimetre_actuel p
    join territoire t on t.edition = $2 and t.maille = 'commune' and t.code = p.code
    where p.reseau = $1 and p.millesime = $3 and p.maille = 'commune'
      and ($4::maille is null or p.code in (select c.code from communes_de($2, $4, $5) c))
  )
select 'commune' as maille, code, nom, epci, population, null::bigint as communes_en_tout
from communes
union all
-- An EPCI has the inhabitants of its communes that are in the perimeter: it may have others elsewhere.
select 'epci', t.code, t.nom, null,
  (select sum(c.population)::bigint from communes c where c.epci = t.code),
  (select count(*) from territoire c where c.edition = $2 and c.maille = 'commune' and c.epci = t.code)
from perimetre_actuel p
join territoire t on t.edition = $2 and t.maille = 'epci' and t.code = p.code
where p.reseau = $1 and p.millesime = $3 and p.maille = 'epci'
  and ($4::maille is null or p.code in (select e from epci_de($2, $4, $5) e))
order by 1, 2
