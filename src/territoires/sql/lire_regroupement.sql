-- A regroupement under the columns of `lire_unite.sql`: what its communes have in common. $1 edition, $2 its name.
select g.genre as nature, null::text as siren, c.population, '{}'::text[] as codes_postaux,
  '{}'::text[] as anciens_codes, 'absent' as etat_contour, null::text as remarque_contour,
  null::float8 as lon, null::float8 as lat, c.emprise, null::text as epci, null::text as epci_nom,
  null::text as ept, null::text as ept_nom,
  d.code as departement, d.nom as departement_nom, r.code as region, r.nom as region_nom, c.communes
from regroupement g
cross join lateral (
  select count(*) as communes, sum(c.population)::integer as population,
    array[min(c.emprise[1]), min(c.emprise[2]), max(c.emprise[3]), max(c.emprise[4])] as emprise,
    mode() within group (order by c.departement) as departement
  from communes_de($1, 'regroupement', $2) c
) c
left join territoire d on d.edition = $1 and d.maille = 'departement' and d.code = c.departement
left join territoire r on r.edition = $1 and r.maille = 'region' and r.code = d.region
where g.reseau = split_part($2, '/', 1) and g.code = split_part($2, '/', 2)
