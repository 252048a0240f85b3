-- The communes of an edition and the unit of a maille that each belongs to, in order: a commune that several
-- regroupements share is there for each.
-- $1 edition, $2 maille, $3 and $4 the place (maille and code; null for the country): a unit that has a
-- commune in it is there with all of its communes, so that its value is its own.
with membres as not materialized (
  select t.code,
    case $2
      when 'commune' then t.code when 'epci' then t.epci
      when 'departement' then t.departement else t.region
    end as unite
  from territoire t
  where t.edition = $1 and t.maille = 'commune' and $2 <> 'regroupement'
  union all
  select g.commune, g.unite
  from edition e
  join regroupement_actuel g on g.millesime = e.millesime
  where e.id = $1 and $2 = 'regroupement'
)
select
  coalesce(array_agg(code), '{}') as communes,
  coalesce(array_agg(unite) filter (where $2 <> 'commune'), '{}') as unites
from (
  select m.code, m.unite
  from membres m
  where $3::maille is null or m.unite in (
    select d.unite from membres d where d.code in (select c.code from communes_de($1, $3, $4) c))
  order by m.code
) as communes
