-- The communes of an edition and the unit of a maille that each belongs to, in order.
-- $1 edition, $2 maille, $3 and $4 the place (maille and code; null for the country): a unit that has a
-- commune in it is there with all of its communes, so that its value is its own.
with
  communes as materialized (
    select t.code,
      case $2
        when 'commune' then t.code when 'epci' then t.epci
        when 'departement' then t.departement else t.region
      end as unite,
      $3::maille is null or case $3
        when 'commune' then t.code = $4 when 'epci' then t.epci = $4
        when 'departement' then t.departement = $4 else t.region = $4
      end as dedans
    from territoire t
    where t.edition = $1 and t.maille = 'commune'
  )
select
  coalesce(array_agg(code order by code), '{}') as communes,
  coalesce(array_agg(unite order by code) filter (where $2 <> 'commune'), '{}') as unites
from communes
where unite in (select unite from communes where dedans)
