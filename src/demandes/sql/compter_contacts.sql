-- Contacts of each réseau, and those past their time, counted from the end of the demande or, without an
-- end, from its date. $1 réseau, or null for all; $2 today.
select r.code as reseau, r.conservation_mois, count(c.id) as total,
  count(c.id) filter (where coalesce(d.cloture, d.date)
    + make_interval(months => r.conservation_mois) < $2) as perimes
from reseau r
left join contact c on c.reseau = r.code
left join demande d on d.id = c.demande
where $1::text is null or r.code = $1
group by r.code
order by r.code
