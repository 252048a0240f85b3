-- 2,500 communes, squares of 8 km in rows of 50 from the south-west of Drôme: 26001 to 26999, then
-- 27000 and after. Codes 26219 and 26371 are no longer; 26010 has no contour.
insert into edition (millesime, millesime_contours) values (2026, 2026);
insert into millesime (annee, edition) select millesime, id from edition;
insert into source_edition (edition, rang, nom, licence)
select id, 0, 'Pays des essais', 'Licence Ouverte' from edition;

create table contour_1 partition of contour for values in (1);
insert into contour (edition, bande, maille, code, nom, rang, point, contour)
select 1, b.bande, 'commune', (26 + n / 1000)::text || lpad((n % 1000)::text, 3, '0'),
  'Commune ' || n, n,
  st_setsrid(st_point(524000 + n % 50 * 8000, 5484000 + n / 50 * 8000), 3857),
  case when n <> 10 then st_multi(st_makeenvelope(
    520000 + n % 50 * 8000, 5480000 + n / 50 * 8000,
    528000 + n % 50 * 8000, 5488000 + n / 50 * 8000, 3857)) end
from generate_series(1, 2499) as n
cross join (select distinct bande(z) as bande from generate_series(5, 14) as z) as b
where n not in (219, 371);

insert into territoire (
  edition, maille, code, nom, departement, region, epci, rang, codes_postaux, anciens_codes,
  etat_contour, remarque_contour, point, emprise, population)
select 1, 'commune', code, 'Commune ' || n, substr(code, 1, 2), '84',
  -- Ten communes each, the first EPCI first; beyond 120, none.
  (array['200040459', '200040491', '200040509', '200040681', '200042901', '200067767', '200068229',
    '200068781', '200073096', '242600252', '242600492', '242600534'])[(n - 1) / 10 + 1],
  n,
  case n when 1 then '{29400}'::text[] when 2 then '{29400}' when 198 then '{26200}' else '{}' end,
  case n when 3 then '{26399}'::text[] when 216 then '{26219}' when 289 then '{26371}' else '{}' end,
  case n when 10 then 'absent'::etat_contour else 'complet' end,
  case n when 10 then 'Le paquet ne donne pas son contour.' end,
  st_setsrid(st_point(524000 + n % 50 * 8000, 5484000 + n / 50 * 8000), 3857),
  -- Its square; the first one's is round.
  case n when 1 then array[4.7, 44.1, 4.8, 44.2]
    else degres(st_setsrid(st_point(520000 + n % 50 * 8000, 5480000 + n / 50 * 8000), 3857))
      || degres(st_setsrid(st_point(528000 + n % 50 * 8000, 5488000 + n / 50 * 8000), 3857)) end,
  400 * n
from (
  select n, (26 + n / 1000)::text || lpad((n % 1000)::text, 3, '0') as code
  from generate_series(1, 2499) as n
  where n not in (219, 371, 399)
) as communes;
delete from contour where code = '26399';

insert into territoire (edition, maille, code, nom, departement, region, rang, etat_contour, point)
select 1, maille, code, nom, null, region, 0, 'complet'::etat_contour, st_setsrid(st_point(524000, 5484000), 3857)
from (values
  ('departement'::maille, '26', 'Drôme', '84'), ('departement', '27', 'Ailleurs', '84'),
  ('departement', '28', 'Plus loin', '84'), ('region', '84', 'Auvergne-Rhône-Alpes', null)
) as u (maille, code, nom, region)
union all
select 1, 'epci', code, 'EPCI ' || code, null, null, 0, 'complet'::etat_contour,
  st_setsrid(st_point(524000, 5484000), 3857)
from unnest(array[
  '200040459', '200040491', '200040509', '200040681', '200042901', '200067767', '200068229',
  '200068781', '200073096', '242600252', '242600492', '242600534']) as code;

create index on contour_1 using gist (coalesce(contour, point)) where maille = 'commune';
create index on contour_1 (code, maille);
analyze contour_1;
analyze territoire;
