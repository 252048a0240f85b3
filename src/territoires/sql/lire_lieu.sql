-- A unit by its code or, for a commune, by a former one. $1 edition, $2 maille, $3 code.
select t.maille, t.code, t.nom
from territoire t
where t.edition = $1 and t.maille = $2 and (t.code = $3 or t.anciens_codes @> array[$3])
order by t.code = $3 desc, t.rang
limit 1
