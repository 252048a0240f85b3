-- Exchanges a fiche with the one before or after it. $1 réseau, $2 code, $3 -1 for the one before, 1 for the other.
with
  rangees as (
    select t.code, t.rang, row_number() over (order by t.rang, t.code) as place
    from fiche t
    where t.reseau = $1 and true
  ),
  la as (select place from rangees where code = $2),
  -- Ranks of a folder may be equal: places are given anew, and only those that change are written.
  nouvelles as (
    select r.code, r.rang, row_number() over (order by
      case r.place when la.place then la.place + $3 when la.place + $3 then la.place else r.place end) as place
    from rangees r cross join la
  )
update fiche t
set rang = n.place, origine = 'page'
from nouvelles n
where t.reseau = $1 and t.code = n.code and n.rang <> n.place
  and exists (select from rangees r cross join la where r.place = la.place + $3)
