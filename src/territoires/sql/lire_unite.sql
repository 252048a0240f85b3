-- One unit, its parents, and how many communes it has. $1 edition, $2 maille, $3 code.
select
  u.nature, u.siren, u.population, u.codes_postaux,
  coalesce((
    select array_agg(distinct p.ancien order by p.ancien)
    from passage p join edition e on e.id = $1 and p.vers = e.millesime
    where u.maille = 'commune' and p.nouveau = u.code and p.ancien <> u.code
      and p.depuis <= e.millesime), '{}') as anciens_codes,
  u.etat_contour::text as etat_contour, u.remarque_contour,
  st_x(st_transform(u.point, 4326)) as lon, st_y(st_transform(u.point, 4326)) as lat, u.emprise,
  e.code as epci, e.nom as epci_nom,
  u.ept, coalesce(p.nom, u.ept) as ept_nom,
  d.code as departement, d.nom as departement_nom,
  r.code as region, r.nom as region_nom,
  case when u.maille <> 'commune' then (select count(*) from communes_de($1, $2, $3)) else 0 end as communes
from territoire u
left join territoire e on e.edition = $1 and e.maille = 'epci' and e.code = u.epci
left join ept p on p.edition = $1 and p.code = u.ept
left join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = u.departement
left join territoire r on r.edition = $1 and r.maille = 'region' and r.code = u.region
where u.edition = $1 and u.maille = $2 and u.code = $3
