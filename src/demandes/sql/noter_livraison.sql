-- Notes what a load brought of each partner that leads demandes of it. $1 réseau, $2 refused rows by field, as JSON; $3
-- the partner that they are of, or null for a table of several.
with
  par_partenaire as (
    select partenaires[1] as partenaire, min(date) as du, max(date) as au,
      count(*) filter (where id is null) as nouvelles,
      count(*) filter (where changements <> '{}') as changees,
      count(*) filter (where changements = '{}') as identiques
    from comparee
    group by partenaires[1]
  ),
  toutes as (
    select * from par_partenaire
    union all
    select $3, null, null, 0, 0, 0
    where $2 <> '{}'::jsonb and ($3::text is null or $3 not in (select partenaire from par_partenaire))
  )
insert into livraison (reseau, partenaire, du, au, nouvelles, changees, identiques, refus)
select $1, partenaire, du, au, nouvelles, changees, identiques,
  case when partenaire is not distinct from $3 then $2 else '{}' end
from toutes
