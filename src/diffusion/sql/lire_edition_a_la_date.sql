-- The newest edition with contours whose year has a day of an interval; open where null.
select m.edition, m.annee as millesime, e.millesime_contours
from millesime m
join edition e on e.id = m.edition
where e.millesime_contours is not null
  and ($1::date is null or make_date(m.annee, 12, 31) >= $1)
  and ($2::date is null or make_date(m.annee, 1, 1) <= $2)
order by m.annee desc
limit 1
