-- What the codes of the millésime $2 that are others in the millésime $1 have become in it, most of them first.
select ancien, array_agg(nouveau order by part desc nulls last, nouveau) as nouveaux
from passage
where vers = $1 and $2 between depuis and jusqu
group by ancien
