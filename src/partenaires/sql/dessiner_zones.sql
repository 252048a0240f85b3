-- Surfaces of the zones in force of a partner, on a band. $1 réseau, $2 partner, $3 millésime, $4 band.
select v.code, st_asbinary(c.contour) as contour
from zones_en_vigueur(array[$1], null, $2, null) v
join zone_contour c on c.zone = v.zone and c.millesime = $3 and c.bande = $4
order by st_area(c.contour) desc
