-- $1 réseau, $2 its zones as JSON; a drawn surface is WKT in EPSG:3857.
insert into zone (reseau, code, partenaire, theme, nom, debut, fin, surface)
select $1, x.code, x.partenaire, x.theme, x.nom, x.debut, x.fin,
  st_multi(st_geomfromtext(x.surface, 3857))
from jsonb_to_recordset($2) as x (
  code text, partenaire text, theme text, nom text, debut date, fin date, surface text)
