-- What the codes of a millésime are in another. $1 to, $2 from.
select ancien, nouveau, part
from passage
where vers = $1 and $2 between depuis and jusqu
order by ancien, nouveau
