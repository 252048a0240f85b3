-- What every layer uses. Applied at each start, with the layers.

-- The edition whose contours a tile shows: that of the millésime asked for when it has contours, else
-- the newest that has.
create or replace function edition_montree(parametres jsonb) returns edition
language plpgsql stable parallel safe
as $$
declare
  trouvee edition;
begin
  select e.* into trouvee
  from millesime m join edition e on e.id = m.edition
  where e.millesime_contours is not null
  order by m.annee = (parametres ->> 'millesime')::smallint desc nulls last, m.annee desc
  limit 1;
  if parametres ? 'millesime' and not exists (
    select from millesime where annee = (parametres ->> 'millesime')::smallint)
  then
    raise exception using errcode = 'P0002',
      message = format('Le millésime %s n''est pas chargé.', parametres ->> 'millesime');
  end if;
  return trouvee;
end
$$;

create or replace function edition_des_contours(parametres jsonb) returns integer
language sql stable parallel safe
as $$ select (edition_montree(parametres)).id $$;

-- The band of contours that serves a zoom; `territoires::BANDES` says the same. Not strict: the
-- planner could not put it in the query that calls it.
create or replace function bande(z integer) returns smallint
language sql immutable parallel safe
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

-- What brings to a tile's units, worked out once a tile: its box, its box with the margin, and the
-- arguments of `en_tuile`.
create or replace function repere_de_tuile(z integer, x integer, y integer)
returns table (
  cadre geometry, marge geometry, dx double precision, dy double precision, k double precision)
language sql immutable parallel safe
as $$
  select
    st_tileenvelope(z, x, y),
    st_tileenvelope(z, x, y, margin => 64.0 / 4096),
    20037508.342789244 - x * (40075016.68557849 / (1 << z)),
    -20037508.342789244 + y * (40075016.68557849 / (1 << z)),
    4096 * (1 << z) / 40075016.68557849
  offset 0 -- keeps the planner from working them out for each feature
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

-- Adds a layer to the table of layers, or brings its row up to date: `couche_<nom>` draws it.
create or replace function declarer_couche(
  nom text, titre text, description text, zoom_min integer, champs jsonb, parametres text[],
  publiee_jusqu_a integer default null, fonction_d_edition text default null)
returns void
language sql
as $$
  insert into couche (
    nom, fonction, titre, description, zoom_min, zoom_max, champs, parametres, publiee_jusqu_a,
    fonction_d_edition)
  values (
    nom, 'couche_' || nom, titre, description, zoom_min, 14, champs, parametres, publiee_jusqu_a,
    fonction_d_edition)
  on conflict (nom) do update set
    fonction = excluded.fonction, titre = excluded.titre, description = excluded.description,
    zoom_min = excluded.zoom_min, zoom_max = excluded.zoom_max, champs = excluded.champs,
    parametres = excluded.parametres, publiee_jusqu_a = excluded.publiee_jusqu_a,
    fonction_d_edition = excluded.fonction_d_edition
$$;
