-- Of several publications of one period, the one whose units are the nearest.
-- $1 indicator, $2 period, $3 maille, $4 millésime.
select id, millesime
from jeu
where indicateur = $1 and periode = $2 and maille = $3
order by abs(millesime - $4), millesime desc
limit 1
