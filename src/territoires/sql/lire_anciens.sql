-- Former codes of a commune: each with its name when a source gives it, the last millésime that had it, the share of it
-- that the commune has, and the others that it went to. $1 millésime, $2 code of the commune.
select p.ancien as code, p.nom, p.depuis, p.jusqu, p.part,
  coalesce((
    select array_agg(distinct a.nouveau order by a.nouveau)
    from passage a
    where a.vers = p.vers and a.ancien = p.ancien and a.depuis = p.depuis and a.nouveau <> p.nouveau), '{}') as ailleurs
from passage p
where p.vers = $1 and p.nouveau = $2 and p.ancien <> p.nouveau and p.depuis <= $1
order by p.jusqu desc, p.ancien
