-- The communes of an edition and the unit of a maille that each belongs to, in order.
-- $1 edition, $2 maille, $3 and $4 the place (maille and code; null for the country): a unit that has a
-- commune in it is there with all of its communes, so that its value is its own.
select
  coalesce(array_agg(code), '{}') as communes,
  coalesce(array_agg(unite) filter (where $2 <> 'commune'), '{}') as unites
from (
  select t.code, u.unite
  from territoire t
  cross join lateral (
    select case $2
      when 'commune' then t.code when 'epci' then t.epci
      when 'departement' then t.departement else t.region
    end as unite
  ) as u
  where t.edition = $1 and t.maille = 'commune'
    and ($3::maille is null or u.unite in (
      select case $2
          when 'commune' then d.code when 'epci' then d.epci
          when 'departement' then d.departement else d.region
        end
      from territoire d
      where d.edition = $1 and d.maille = 'commune'
        and case $3
          when 'commune' then d.code = $4 when 'epci' then d.epci = $4
          when 'departement' then d.departement = $4 else d.region = $4
        end))
  order by t.code
) as communes
