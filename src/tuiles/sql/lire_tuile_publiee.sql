-- $1 edition, $2 layer, $3 z, $4 x, $5 y: a tile built at publication.
select t.corps
from tuile_publiee t
where t.edition = $1 and t.couche = $2 and t.z = $3 and t.x = $4 and t.y = $5
