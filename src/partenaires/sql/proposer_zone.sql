-- A version of a zone that is proposed. $1 réseau, $2 the zone as JSON; a drawn surface is WKT in EPSG:3857.
insert into zone (
  reseau, code, version, partenaire, theme, nom, debut, fin, etat, origine, reparation, surface)
select $1, x.code, x.version, x.partenaire, x.theme, x.nom, x.debut, x.fin, x.etat, x.origine, x.reparation,
  st_multi(st_geomfromtext(x.surface, 3857))
from jsonb_to_record($2) as x (
  code text, version smallint, partenaire text, theme text, nom text, debut date, fin date, etat text,
  origine text, reparation text, surface text)
returning id
