-- A réseau as its form shows it. $1 and $2 réseau.
select to_jsonb(r)
from reseau r
where r.code = $1 and r.code = $2 and r.code = any (mes_coordinations())
