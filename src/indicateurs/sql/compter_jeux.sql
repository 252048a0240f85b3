-- The publications of a series and how many units each has, the nearest to a millésime first.
-- $1 indicator, $2 period, $3 maille, $4 millésime.
select j.millesime, (select count(*) from valeur v where v.jeu = j.id)
from jeu j
where j.indicateur = $1 and j.periode = $2 and j.maille = $3
order by abs(j.millesime - $4), j.millesime desc
