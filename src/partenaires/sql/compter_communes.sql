-- Communes of the perimeter that a zone covers, and those that it only reaches, in the newest millésime that
-- has contours. $1 zone.
select count(*) filter (where couverte), count(*) filter (where not couverte)
from zone_commune
where zone = $1 and dans_perimetre and millesime = (
  select max(m.annee) from millesime m join edition e on e.id = m.edition
  where e.millesime_contours is not null)
