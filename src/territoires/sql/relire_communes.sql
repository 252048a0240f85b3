-- The communes of an edition ($1) as they were read: what an import adds to.
select t.code, t.nom, t.siren, t.departement, t.epci, t.ept, t.population, t.codes_postaux,
  t.anciens_codes, t.etat_contour, t.remarque_contour,
  st_x(p.mairie) as lon, st_y(p.mairie) as lat, st_asbinary(c.contour, 'NDR') as contour
from territoire t
left join contour_source c on c.edition = $1 and c.code = t.code
-- Without contour, a commune is where its town hall is.
cross join lateral (
  select case when t.etat_contour = 'absent' then st_transform(t.point, 4326) end as mairie
) as p
where t.edition = $1 and t.maille = 'commune'
