-- West, south, east and north of the newest edition that has contours, in degrees; no row when nothing has a contour.
select array[min(u.emprise[1]), min(u.emprise[2]), max(u.emprise[3]), max(u.emprise[4])]
from territoire u
where u.edition = edition_des_contours('{}') and u.maille = 'region' and u.emprise is not null
having count(*) > 0
