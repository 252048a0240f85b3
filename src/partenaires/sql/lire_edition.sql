-- The edition that zones are resolved for: of the millésime $1, or of the newest.
select m.edition, m.annee as millesime, e.millesime_contours
from millesime m join edition e on e.id = m.edition
where e.millesime_contours is not null and ($1::smallint is null or m.annee = $1)
order by m.annee desc
limit 1
