-- The name nearest to a search that nothing answers, when it is near enough.
-- $1 edition, $2 search key.
select u.nom
from territoire u
where u.edition = $1 and u.cle % $2
order by similarity(u.cle, $2) desc, u.population desc nulls last
limit 1
