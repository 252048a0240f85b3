-- The newest version of a zone, and whether it says what is proposed. $1 réseau, $2 the proposal as JSON, $3 its
-- units as JSON.
with
  proposee as (
    select *
    from jsonb_to_record($2) as x (
      code text, partenaire text, theme text, nom text, debut date, fin date, surface text)
  ),
  unites as (
    select array_agg((x.maille, x.code, x.exclue)::text order by x.maille, x.code, x.exclue) as toutes
    from jsonb_to_recordset($3) as x (maille maille, code text, exclue boolean)
  )
select z.id, z.version, z.etat,
  (z.partenaire, z.debut) = (p.partenaire, p.debut)
    and (z.theme, z.nom, z.fin) is not distinct from (p.theme, p.nom, p.fin)
    and st_asbinary(z.surface)
      is not distinct from st_asbinary(st_multi(st_geomfromtext(p.surface, 3857)))
    and (
      select array_agg((u.maille, u.code, u.exclue)::text order by u.maille, u.code, u.exclue)
      from zone_unite u
      where u.zone = z.id) is not distinct from u.toutes
    as identique
from zone z
join proposee p on z.reseau = $1 and z.code = p.code
cross join unites u
order by z.version desc
limit 1
