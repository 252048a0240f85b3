-- Of several publications of one indicator and period on a maille, the one whose units are the nearest.
-- $1 indicators and $2 periods (pairs), $3 mailles (of each pair), $4 millésime.
select distinct on (v.indicateur, v.periode, v.maille) v.indicateur, v.periode, v.maille, j.id as jeu, j.millesime
from unnest($1::text[], $2::text[], $3::maille[]) as v (indicateur, periode, maille)
join jeu j on j.indicateur = v.indicateur and j.periode = v.periode and j.maille = v.maille
order by v.indicateur, v.periode, v.maille, abs(j.millesime - $4), j.millesime desc
