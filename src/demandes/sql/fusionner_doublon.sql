-- The demande $1 gains the partners and the themes of $2, and what was found to be the same as $2 is now
-- the same as $1.
with
  reprises as (
    update demande set fusionnee = $1 where id = $2 or fusionnee = $2
  )
update demande g
set themes = completer(g.themes, a.themes), partenaires = completer(g.partenaires, a.partenaires)
from demande a
where g.id = $1 and a.id = $2
