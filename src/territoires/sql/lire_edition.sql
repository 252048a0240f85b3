-- $1 millésime, or null for the newest; $2 whether it must have contours.
select m.edition, m.annee as millesime, e.millesime_contours
from millesime m join edition e on e.id = m.edition
where ($1::smallint is null or m.annee = $1) and (not $2 or e.millesime_contours is not null)
order by m.annee desc
limit 1
