-- $1 réseau, $2 its zones as JSON; a drawn surface is WKT in EPSG:3857. A version that is there already
-- becomes what is written here, and lists nothing until its units are written.
with
  lues as (
    select *
    from jsonb_to_recordset($2) as x (
      code text, version smallint, partenaire text, theme text, nom text, debut date, fin date,
      etat text, origine text, proposee_le timestamptz, decidee_le timestamptz, motif text,
      reparation text, surface text)
  ),
  videes as (
    delete from zone_unite u
    using zone z, lues l
    where z.reseau = $1 and z.code = l.code and z.version = l.version and u.zone = z.id
  )
insert into zone as z (
  reseau, code, version, partenaire, theme, nom, debut, fin, etat, origine, proposee_le, decidee_le,
  motif, reparation, surface)
select $1, l.code, l.version, l.partenaire, l.theme, l.nom, l.debut, l.fin, l.etat, l.origine,
  coalesce(l.proposee_le, now()), l.decidee_le, l.motif, l.reparation,
  st_multi(st_geomfromtext(l.surface, 3857))
from lues l
on conflict on constraint zone_de_cette_version do update set
  partenaire = excluded.partenaire, theme = excluded.theme, nom = excluded.nom,
  debut = excluded.debut, fin = excluded.fin, etat = excluded.etat, decidee_le = excluded.decidee_le,
  motif = excluded.motif, reparation = excluded.reparation, surface = excluded.surface
