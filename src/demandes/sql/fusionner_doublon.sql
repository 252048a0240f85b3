-- The demande $1 gains the partners and the themes of $2, and what was found to be the same as $2 is now
-- the same as $1.
with
  reprises as (
    update demande set fusionnee = $1 where id = $2 or fusionnee = $2
  )
update demande g
set themes = g.themes || array(
    select t from unnest(a.themes) t where t <> all (g.themes) order by t),
  partenaires = g.partenaires || array(
    select p from unnest(a.partenaires) p where p <> all (g.partenaires) order by p)
from demande a
where g.id = $1 and a.id = $2
