-- What codes of a millésime are in another, for those that come, even in part, to some communes of it. $1 to, $2 from,
-- $3 those communes.
select ancien, nouveau, part
from passage
where vers = $1 and $2 between depuis and jusqu
  and ancien in (
    select p.ancien from passage p where p.vers = $1 and p.nouveau = any ($3) and $2 between p.depuis and p.jusqu)
order by ancien, nouveau
