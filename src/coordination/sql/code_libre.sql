-- A code that reads like a name and that no other has. $1 réseau, $2 name, $3 table.
with base as (
  select coalesce(
    nullif(btrim(left(replace(cle_recherche($2), ' ', '-'), 40), '-'), ''), 'sans-nom') as code
)
select c.code
from base b
cross join generate_series(1, 10000) n
cross join lateral (select b.code || case n when 1 then '' else '-' || n end as code) c
where not exists (
  select from partenaire x where $3 = 'partenaire' and x.reseau = $1 and x.code = c.code)
  and not exists (select from theme x where $3 = 'theme' and x.reseau = $1 and x.code = c.code)
  and not exists (select from fiche x where $3 = 'fiche' and x.reseau = $1 and x.code = c.code)
order by n
limit 1
