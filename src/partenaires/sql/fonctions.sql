-- What the questions about partners share. Applied at each start, before the layers.

-- Longitude and latitude, in degrees, of a point of EPSG:3857. Not strict: the planner could not put it
-- in the query that calls it, and each call would cost thirty times as much.
create or replace function degres(point geometry) returns double precision[]
language sql immutable parallel safe
as $$
  select case when point is not null then array[
    round(st_x(point) / 20037508.342789244 * 180 * 1e5) / 1e5,
    round((degrees(2 * atan(exp(st_y(point) / 6378137))) - 90) * 1e5) / 1e5
  ] end
$$;

-- What earlier versions declared under other parameters.
drop function if exists zones_en_vigueur(text, text, text, integer);
drop function if exists zones_en_vigueur(text, text, text, date);

-- How well a text answers a need: 0 when it has none of its words. Words that mean the same count half;
-- null without need.
create or replace function pertinence(recherche tsvector, mots tsquery, voisins tsquery) returns real
language sql immutable parallel safe
as $$
  select (ts_rank(recherche, mots) + 0.5 * coalesce(ts_rank(recherche, voisins), 0))::real
$$;

-- The newest millésime that is drawn: what units are shown on unless another is asked for.
create or replace function edition_dessinee() returns table (millesime smallint, edition integer)
language sql stable parallel safe
as $$
  select m.annee, m.edition
  from millesime m join edition e on e.id = m.edition
  where e.millesime_contours is not null
  order by m.annee desc
  limit 1
$$;

-- The state of a version of a zone as it is shown on a day: one that is over has expired.
create or replace function etat_montre(p_etat text, p_fin date, p_jour date) returns text
language sql immutable parallel safe
as $$ select case when p_etat = 'validee' and p_fin < p_jour then 'expiree' else p_etat end $$;

-- Whether a version of a zone says what is written: a zone as JSON, its drawn surface as WKT in EPSG:3857,
-- and its units as JSON. States and decisions are not what it says.
create or replace function zone_dit(z zone, p_zone jsonb, p_unites jsonb) returns boolean
language sql stable parallel safe
as $$
  select (z.partenaire, z.theme, z.nom, z.debut, z.fin)
      is not distinct from (x.partenaire, x.theme, x.nom, x.debut, x.fin)
    and st_asbinary(z.surface)
      is not distinct from st_asbinary(st_multi(st_geomfromtext(x.surface, 3857)))
    and (
      select array_agg((u.maille, u.code, u.exclue)::text order by u.maille, u.code, u.exclue)
      from zone_unite u
      where u.zone = z.id)
    is not distinct from (
      select array_agg((u.maille, u.code, u.exclue)::text order by u.maille, u.code, u.exclue)
      from jsonb_to_recordset(p_unites) as u (
        zone text, version smallint, maille maille, code text, exclue boolean)
      where u.zone = z.code and u.version = coalesce(x.version, u.version))
  from jsonb_to_record(p_zone) as x (
    version smallint, partenaire text, theme text, nom text, debut date, fin date, surface text)
$$;

-- Réseaux that a question names, or all that may be read: lists, so that one plan serves both.
create or replace function reseaux_demandes(p_reseau text) returns text[]
language sql stable parallel safe
as $$ select case when p_reseau is null then reseaux_lisibles() else array[p_reseau] end $$;

-- Zones of some réseaux in force on a day (by default 31 December of the réseau's own year), with their
-- partner, who is then a member. A null theme or partner asks for all. A theme of the first level stands
-- for those under it; a zone without theme is worth all the themes of its partner.
create or replace function zones_en_vigueur(
  p_reseaux text[], p_theme text, p_partenaire text, p_au date)
returns table (reseau text, zone integer, code text, partenaire text, theme text, nom text)
language sql stable parallel safe
as $$
  select z.reseau, z.id, z.code, z.partenaire, z.theme, z.nom
  from zone z
  join reseau r on r.code = z.reseau
  join partenaire p on p.reseau = z.reseau and p.code = z.partenaire
  where z.reseau = any (p_reseaux)
    and z.etat = 'validee'
    and (p_partenaire is null or z.partenaire = p_partenaire)
    and coalesce(p_au, make_date(r.annee, 12, 31))
      between greatest(z.debut, p.debut) and least(coalesce(z.fin, 'infinity'), p.fin)
    -- A theme that is no longer offered ends its zones.
    and not exists (
      select from theme t
      where t.reseau = z.reseau and t.code = z.theme
        and t.fin < coalesce(p_au, make_date(r.annee, 12, 31)))
    and case
      when p_theme is null then true
      when z.theme is null then (z.reseau, z.partenaire) in (
        select pt.reseau, pt.partenaire
        from partenaire_theme pt
        join theme t on t.reseau = pt.reseau and t.code = pt.theme
        where pt.reseau = any (p_reseaux) and p_theme in (t.code, t.parent))
      else (z.reseau, z.theme) in (
        select t.reseau, t.code
        from theme t
        where t.reseau = any (p_reseaux) and p_theme in (t.code, t.parent))
    end
$$;

-- Communes of a place in an edition; all of them when the place is null. An arm for each maille, of which a
-- statement runs one: under a single condition, a plan for any maille would read them all.
create or replace function communes_de(p_edition integer, p_maille maille, p_code text)
returns setof territoire
language sql stable parallel safe
as $$
  select t.* from territoire t
  where p_maille is null and t.edition = p_edition and t.maille = 'commune'
  union all
  select t.* from territoire t
  where p_maille = 'commune' and t.edition = p_edition and t.maille = 'commune' and t.code = p_code
  union all
  select t.* from territoire t
  where p_maille = 'epci' and t.edition = p_edition and t.maille = 'commune' and t.epci = p_code
  union all
  select t.* from territoire t
  where p_maille = 'departement' and t.edition = p_edition and t.maille = 'commune'
    and t.departement = p_code
  union all
  select t.* from territoire t
  where p_maille = 'region' and t.edition = p_edition and t.maille = 'commune' and t.region = p_code
  union all
  select t.*
  from edition e
  join regroupement_actuel g on g.millesime = e.millesime
  join territoire t on t.edition = e.id and t.maille = 'commune' and t.code = g.commune
  where p_maille = 'regroupement' and e.id = p_edition and g.unite = p_code
$$;

-- EPCI that belong to a place: itself, or those with most of their communes in it.
create or replace function epci_de(p_edition integer, p_maille maille, p_code text)
returns setof text
language sql stable parallel safe
as $$
  select p_code where p_maille = 'epci'
  union all
  select t.epci
  from territoire t
  where p_maille in ('departement', 'region', 'regroupement')
    and t.edition = p_edition and t.maille = 'commune'
    and t.epci in (select c.epci from communes_de(p_edition, p_maille, p_code) c)
  group by t.epci
  having 2 * count(*) filter (
    where (p_maille = 'departement' and t.departement = p_code)
      or (p_maille = 'region' and t.region = p_code)
      or (p_maille = 'regroupement' and t.code in (
        select c.code from communes_de(p_edition, p_maille, p_code) c))) > count(*)
$$;

-- Refuses, with a sentence, what a layer was asked about and does not exist.
create or replace function exiger_reseau(p_reseau text, p_theme text, p_partenaire text)
returns void
language plpgsql stable parallel safe
as $$
begin
  if p_reseau is not null and not exists (select from reseau r where r.code = p_reseau) then
    raise exception using errcode = 'P0002',
      message = format('Le réseau « %s » n''existe pas. La liste est à /api/reseaux.', p_reseau);
  end if;
  if p_theme is not null and not exists (
    select from theme t where t.code = p_theme and (p_reseau is null or t.reseau = p_reseau))
  then
    raise exception using errcode = 'P0002',
      message = format('Le thème « %s » n''existe pas. Les thèmes d''un réseau sont à /api/reseaux/{code}.', p_theme);
  end if;
  if p_partenaire is not null and not exists (
    select from partenaire p where p.code = p_partenaire and (p_reseau is null or p.reseau = p_reseau))
  then
    raise exception using errcode = 'P0002',
      message = format('Le partenaire « %s » n''existe pas. Les partenaires d''un réseau sont à /api/reseaux/{code}.', p_partenaire);
  end if;
end
$$;
