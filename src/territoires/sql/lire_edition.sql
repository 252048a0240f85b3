-- $1 millésime, or null for the newest.
select m.edition, m.annee as millesime, e.millesime_contours
from millesime m join edition e on e.id = m.edition
where $1::smallint is null or m.annee = $1
order by m.annee desc
limit 1
