-- The publications of an indicator on communes, the newest first. $1 indicator.
select id, periode, millesime
from jeu
where indicateur = $1 and maille = 'commune'
order by millesime desc, periode desc
