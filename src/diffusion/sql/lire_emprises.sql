-- West, south, east and north of all units, and of the perimeters of the réseaux that may be read; null without any.
with
  -- Régions have the boxes of all that is in them.
  pays as (
    select array[min(t.emprise[1]), min(t.emprise[2]), max(t.emprise[3]), max(t.emprise[4])] as bornes
    from edition_dessinee() d
    join territoire t on t.edition = d.edition and t.maille = 'region'
  ),
  reseaux as (
    select array[min(t.emprise[1]), min(t.emprise[2]), max(t.emprise[3]), max(t.emprise[4])] as bornes
    from edition_dessinee() d
    join perimetre_actuel p on p.millesime = d.millesime and p.maille = 'commune'
    join territoire t on t.edition = d.edition and t.maille = 'commune' and t.code = p.code
  )
select array_remove(p.bornes, null) as territoires, array_remove(r.bornes, null) as reseaux
from pays p, reseaux r
