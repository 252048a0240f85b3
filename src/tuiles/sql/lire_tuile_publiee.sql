-- $1 layer, $2 z, $3 x, $4 y: the tile built with the newest edition that has contours.
select t.corps
from tuile_publiee t
where t.edition = edition_des_contours('{}') and t.couche = $1 and t.z = $2 and t.x = $3 and t.y = $4
