-- Units of a maille, with their names and a point of each in degrees.
-- $1 edition, $2 maille, $3 and $4 the place (maille and code; null for the country): a unit that has a
-- commune in it is there.
with
  unites as (
    select distinct
      case $2
        when 'commune' then c.code when 'epci' then c.epci
        when 'departement' then c.departement else c.region
      end as code
    from communes_de($1, $3, $4) c
  )
select t.code, t.nom, degres(t.point) as point
from unites u
join territoire t on t.edition = $1 and t.maille = $2 and t.code = u.code
