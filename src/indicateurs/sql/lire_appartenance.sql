-- The communes of an edition and the unit of a maille that each belongs to, in order.
-- $1 edition, $2 maille, $3 and $4 the place (maille and code; null for the country).
select
  coalesce(array_agg(code), '{}') as communes,
  coalesce(array_agg(unite) filter (where $2 <> 'commune'), '{}') as unites
from (
  select t.code,
    case $2 when 'epci' then t.epci when 'departement' then t.departement when 'region' then t.region
    end as unite
  from territoire t
  where t.edition = $1 and t.maille = 'commune'
    and ($3::maille is null or case $3
      when 'commune' then t.code = $4 when 'epci' then t.epci = $4
      when 'departement' then t.departement = $4 else t.region = $4
    end)
  order by t.code
) as communes
