-- What every layer uses. Applied at each start, with the layers.

-- The edition whose contours a tile shows: that of the millésime asked for, else the newest that
-- has contours.
create or replace function edition_des_contours(parametres jsonb) returns integer
language plpgsql stable parallel safe
as $$
declare
  trouvee integer;
begin
  select m.edition into trouvee
  from millesime m join edition e on e.id = m.edition
  where e.millesime_contours is not null
    and (parametres ->> 'millesime' is null or m.annee = (parametres ->> 'millesime')::smallint)
  order by m.annee desc
  limit 1;
  if trouvee is null and parametres ? 'millesime' then
    raise exception using errcode = 'P0002', message = format(
      'Le millésime %s n''est pas chargé, ou sans contours.', parametres ->> 'millesime');
  end if;
  return trouvee;
end
$$;

-- The band of contours that serves a zoom; `territoires::BANDES` says the same.
create or replace function bande(z integer) returns smallint
language sql immutable strict parallel safe
as $$
  select (case when z >= 10 then 10 when z >= 8 then 8 else z end)::smallint
$$;

-- A geometry of EPSG:3857 in the units of a tile (4,096 a side, y down), clipped 64 units outside.
-- ST_AsMVTGeom is not used: it drops vertices of each polygon on its own, which opens cracks
-- between neighbours. Here shared vertices round alike, and the bands already lie on the grid.
-- `marge` is the tile's box with that margin; `dx`, `dy` bring its upper left corner to the origin, `k` is
-- the number of units in a metre. A caller that draws many features works them out once. One
-- expression, so that the planner puts it in the query that calls it.
create or replace function en_tuile(
  forme geometry, marge geometry, dx double precision, dy double precision, k double precision)
returns geometry
language sql immutable parallel safe
as $$
  select st_forcepolygonccw(st_snaptogrid(
    case
      when forme @ marge then st_transscale(forme, dx, dy, k, -k)
      else st_clipbybox2d(
        st_transscale(forme, dx, dy, k, -k),
        st_makebox2d(st_point(-64, -64), st_point(4160, 4160)))
    end, 1))
$$;

create or replace function en_tuile(forme geometry, z integer, x integer, y integer) returns geometry
language sql immutable parallel safe
as $$
  select en_tuile(
    forme,
    st_tileenvelope(z, x, y, margin => 64.0 / 4096),
    20037508.342789244 - x * (40075016.68557849 / (1 << z)),
    -20037508.342789244 + y * (40075016.68557849 / (1 << z)),
    4096 * (1 << z) / 40075016.68557849)
$$;

-- Contours and label points of one maille: the body that four layers share. Under zoom 8 contours
-- carry their code alone, for weight; the rows are in the order of the codes, which compresses
-- best. All labels are there from `zoom_points`; two zooms before, those of the 300 most populated
-- units, then of four times as many.
create or replace function tuile_de_maille(
  p_maille maille, couche text, zoom_points integer,
  z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
as $$
declare
  p_edition integer := edition_des_contours(parametres);
  annee smallint := (select e.millesime from edition e where e.id = p_edition);
  marge geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  dx double precision := 20037508.342789244 - x * (40075016.68557849 / (1 << z));
  dy double precision := -20037508.342789244 + y * (40075016.68557849 / (1 << z));
  k double precision := 4096 * (1 << z) / 40075016.68557849;
  surfaces bytea;
  points bytea := '';
begin
  if z < 8 then
    select st_asmvt(t, couche, 4096, 'forme') into surfaces
    from (
      select c.code, en_tuile(c.contour, marge, dx, dy, k) as forme
      from contour c
      where c.edition = p_edition and c.bande = bande(z) and c.maille = p_maille
        and c.contour && marge
      order by c.code
      offset 0 -- keeps the planner from drawing each shape twice
    ) as t
    where not st_isempty(t.forme);
  else
    select st_asmvt(t, couche, 4096, 'forme') into surfaces
    from (
      select c.code, u.nom, p_maille::text as maille, annee::integer as millesime,
        en_tuile(c.contour, marge, dx, dy, k) as forme
      from contour c
      join territoire u on u.edition = c.edition and u.maille = c.maille and u.code = c.code
      where c.edition = p_edition and c.bande = bande(z) and c.maille = p_maille
        and c.contour && marge
      order by c.code
      offset 0 -- keeps the planner from drawing each shape twice
    ) as t
    where not st_isempty(t.forme);
  end if;
  if z >= zoom_points - 2 then
    select st_asmvt(t, couche || '_points', 4096, 'forme') into points
    from (
      select u.code, u.nom, p_maille::text as maille, annee::integer as millesime, u.rang,
        en_tuile(u.point, marge, dx, dy, k) as forme
      from territoire u
      where u.edition = p_edition and u.maille = p_maille and u.point && st_tileenvelope(z, x, y)
        and (z >= zoom_points or u.rang < case zoom_points - z when 2 then 300 else 1200 end)
      order by u.rang
    ) as t;
  end if;
  return surfaces || points;
end
$$;

-- Draws one tile of one layer on behalf of a principal, in one round trip. The principal is set
-- for this transaction alone. `fonction` comes from the table of layers, never from a request.
create or replace function tuile(
  fonction text, z integer, x integer, y integer, parametres jsonb, principal text)
returns bytea
language plpgsql volatile
as $$
declare
  corps bytea;
begin
  perform set_config('maillage.principal', principal, true);
  execute format('select %I($1, $2, $3, $4)', fonction) into corps using z, x, y, parametres;
  return corps;
end
$$;
