-- The ground: roles, territories by edition, contours by band, tiles built at publication.
--
-- Two roles from the start. The owner (whoever migrates) imports; `maillage_service` reads, owns
-- nothing, and is subject to every row-level policy. What it may read is granted table by table.

create extension if not exists postgis;
create extension if not exists unaccent;
create extension if not exists pg_trgm;

do $$
begin
  create role maillage_service nologin;
exception
  when duplicate_object or unique_violation then null; -- roles belong to the whole server
  when insufficient_privilege then
    raise exception 'Le rôle maillage_service manque et ne peut pas être créé : demandez-le à l''administrateur de la base (create role maillage_service).';
end
$$;

-- Without an address of its own, the service connects as the owner and takes this role.
do $$
begin
  if not pg_has_role(current_user, 'maillage_service', 'member') then
    execute format('grant maillage_service to %I', current_user);
  end if;
exception
  when insufficient_privilege then
    raise exception 'Le rôle % ne peut pas prendre le rôle maillage_service : demandez-le à l''administrateur de la base (grant maillage_service to %).', current_user, current_user;
end
$$;

-- Default settings give public the right to use this schema; a strict server may have removed it.
grant usage on schema public to maillage_service;

create type maille as enum ('commune', 'epci', 'departement', 'region');
create type etat_contour as enum ('complet', 'reuni', 'lacunaire', 'absent');

-- How names are compared: no accent, case, hyphen, ligature nor leading article; «St» is «Saint».
create function cle_recherche(nom text) returns text
language sql immutable strict parallel safe
as $$
  select regexp_replace(
           regexp_replace(
             regexp_replace(
               btrim(regexp_replace(
                 lower(public.unaccent('public.unaccent', replace(replace(nom, 'œ', 'oe'), 'Œ', 'oe'))),
                 '[^a-z0-9]+', ' ', 'g')),
               '^(l|le|la|les|las|los|aux) (?=\S)', ''),
             '\mst\M', 'saint', 'g'),
           '\mste\M', 'sainte', 'g')
$$;

-- One publication of one millésime. Rows of every other table belong to an edition, so that
-- publishing is one update, and readers see the old edition until it commits.
create table edition (
  id integer generated always as identity primary key,
  millesime smallint not null check (millesime between 1943 and 2100),
  publiee_le timestamptz not null default now(),
  -- Millésime that the contours come from; null when the edition has codes only.
  millesime_contours smallint
);

create table millesime (
  annee smallint primary key,
  edition integer not null references edition
);

-- Where the rows of an edition come from: what attributions are written from.
create table source_edition (
  edition integer not null references edition on delete cascade,
  rang smallint not null,
  nom text not null,
  licence text not null,
  -- Date of the source itself; null when it gives none.
  date_source date,
  primary key (edition, rang)
);

create table territoire (
  edition integer not null references edition on delete cascade,
  maille maille not null,
  code text not null,
  -- As Insee writes it, with its article.
  nom text not null,
  cle text not null generated always as (cle_recherche(nom)) stored,
  nature text,
  siren text,
  departement text,
  region text,
  epci text,
  population integer check (population >= 0),
  -- 0 for the most populated of its maille.
  rang integer not null,
  codes_postaux text[] not null default '{}',
  anciens_codes text[] not null default '{}',
  etat_contour etat_contour not null,
  remarque_contour text,
  -- A point inside, for labels and circles (EPSG:3857).
  point geometry (point, 3857),
  -- West, south, east, north, in degrees (EPSG:4326).
  emprise double precision[] check (cardinality(emprise) = 4),
  primary key (edition, maille, code)
);

create index territoire_epci on territoire (edition, epci) where maille = 'commune';
create index territoire_departement on territoire (edition, departement) where maille = 'commune';
create index territoire_cle on territoire using gin (cle gin_trgm_ops);
create index territoire_codes_postaux on territoire using gin (codes_postaux);
create index territoire_anciens_codes on territoire using gin (anciens_codes);
create index territoire_point on territoire using gist (point);

-- Contours in EPSG:3857 on the grid of their band. An edition is a partition, and each of its
-- bands a leaf: created, filled and indexed inside the transaction that publishes.
create table contour (
  edition integer not null,
  bande smallint not null,
  maille maille not null,
  code text not null,
  contour geometry (multipolygon, 3857) not null
) partition by list (edition);

-- Tiles of low zooms, built once at publication. Gzip, as they are sent.
create table tuile_publiee (
  edition integer not null references edition on delete cascade,
  couche text not null,
  z smallint not null,
  x integer not null,
  y integer not null,
  corps bytea not null,
  primary key (edition, couche, z, x, y)
);
alter table tuile_publiee alter column corps set storage external;

-- The layers that tiles can have: a row here and a function of the same name as `fonction`.
create table couche (
  nom text primary key,
  fonction text not null,
  titre text not null,
  description text not null,
  zoom_min smallint not null,
  zoom_max smallint not null,
  -- {"mvt layer": {"field": "description"}}, for TileJSON.
  champs jsonb not null,
  -- Query parameters that the function reads; others are refused.
  parametres text[] not null default '{}',
  -- Highest zoom built at publication; null when the layer depends on more than the edition.
  publiee_jusqu_a smallint
);

-- Every change of what the service shows bumps this number and tells the running instances, which
-- drop what they keep.
create table version_donnees (
  seule boolean primary key default true check (seule),
  version bigint not null
);
insert into version_donnees (version) values (1);

create function annoncer_changement() returns bigint
language sql
as $$
  update version_donnees set version = version + 1;
  select pg_notify('maillage_donnees', version::text) from version_donnees;
  select version from version_donnees;
$$;

grant select on edition, millesime, source_edition, territoire, contour, tuile_publiee, couche,
  version_donnees to maillage_service;
