-- Réseaux: who helps whom, where, and what was asked.
--
-- Every row belongs to a réseau and is kept by a policy of row-level security from whoever may not
-- see that réseau. What depends on a millésime (`succession`, `perimetre_actuel`, `zone_commune`,
-- `zone_contour`) is derived from the rest and can be made again at any time: `partenaires::resoudre`.

-- The words of a need as people write them: without accents, and reduced to their French stems.
create text search configuration francais (copy = pg_catalog.french);
alter text search configuration francais
  alter mapping for hword, hword_part, word with public.unaccent, pg_catalog.french_stem;

-- Longitude and latitude, in degrees, of a point of EPSG:3857.
create function degres(point geometry) returns double precision[]
language sql immutable strict parallel safe
as $$
  select array[
    round(st_x(point) / 20037508.342789244 * 180 * 1e5) / 1e5,
    round((degrees(2 * atan(exp(st_y(point) / 6378137))) - 90) * 1e5) / 1e5
  ]
$$;

create table reseau (
  code text constraint reseau_identifie primary key
    constraint reseau_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  nom text not null,
  nom_court text not null,
  departement text,
  -- The year its figures speak of, and the millésime of the codes of that year.
  annee smallint not null constraint reseau_annee_possible check (annee between 1943 and 2100),
  millesime smallint not null
    constraint reseau_millesime_possible check (millesime between 1943 and 2100),
  demonstration boolean not null,
  mention text,
  couleur text constraint reseau_couleur_hexadecimale check (couleur ~ '^#[0-9a-f]{6}$'),
  source_nom text,
  source_site text,
  guichet_nom text,
  guichet_site text,
  public boolean not null default true,
  constraint reseau_demonstration_dite check (not demonstration or mention is not null),
  constraint reseau_guichet_nomme check (guichet_site is null or guichet_nom is not null)
);

-- A body exists once, whatever the réseaux it belongs to. Its SIREN says that it is the same, and
-- is its code; without SIREN its code is that of its one membership (`reseau/partenaire`), so that
-- two bodies of one name are never taken for one another.
create table organisme (
  code text constraint organisme_identifie primary key,
  siren text constraint organisme_siren_lisible check (siren ~ '^[0-9]{9}$'),
  nom text not null,
  sigle text,
  type text,
  constraint organisme_code_est_son_siren check (siren is null or code = siren)
);

-- A body as a member of one réseau: what it does and says there belongs to the membership.
create table partenaire (
  reseau text not null constraint partenaire_de_son_reseau references reseau on delete cascade,
  code text not null constraint partenaire_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  organisme text not null constraint partenaire_est_un_organisme references organisme,
  rang smallint not null,
  site text constraint partenaire_site_lisible check (site ~ '^https?://'),
  courriel text,
  telephone text,
  description text,
  recherche tsvector not null,
  constraint partenaire_identifie primary key (reseau, code),
  constraint partenaire_membre_une_fois unique (reseau, organisme)
);
create index partenaire_par_organisme on partenaire (organisme);

-- Two levels: a theme under another has none under it.
create table theme (
  reseau text not null constraint theme_de_son_reseau references reseau on delete cascade,
  code text not null constraint theme_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  libelle text not null,
  parent text,
  niveau smallint not null generated always as (case when parent is null then 1 else 2 end) stored,
  niveau_parent smallint generated always as (case when parent is not null then 1 end) stored,
  rang smallint not null,
  mots_cles text[] not null default '{}',
  recherche tsvector not null,
  constraint theme_identifie primary key (reseau, code),
  constraint theme_identifie_avec_son_niveau unique (reseau, code, niveau),
  constraint theme_sous_un_theme_de_premier_niveau
    foreign key (reseau, parent, niveau_parent) references theme (reseau, code, niveau)
);

create table partenaire_theme (
  reseau text not null,
  partenaire text not null,
  theme text not null,
  constraint partenaire_theme_identifie primary key (reseau, partenaire, theme),
  constraint partenaire_theme_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade,
  constraint partenaire_theme_theme_connu
    foreign key (reseau, theme) references theme on delete cascade
);
create index partenaire_theme_par_theme on partenaire_theme (reseau, theme);

-- The communes and EPCI that the réseau says it serves, with the codes of a millésime.
create table perimetre (
  reseau text not null constraint perimetre_de_son_reseau references reseau on delete cascade,
  maille maille not null
    constraint perimetre_de_communes_et_epci check (maille in ('commune', 'epci')),
  code text not null,
  millesime smallint not null,
  nom text not null,
  constraint perimetre_identifie primary key (reseau, maille, code)
);

-- Whom the réseau helps beside communes and EPCI: syndicats and others.
create table beneficiaire (
  reseau text not null constraint beneficiaire_de_son_reseau references reseau on delete cascade,
  code text not null,
  nom text not null,
  nature text,
  siren text constraint beneficiaire_siren_lisible check (siren ~ '^[0-9]{9}$'),
  constraint beneficiaire_identifie primary key (reseau, code)
);

-- Where a partner works, for which theme (null: all of its own), from when to when, both included.
create table zone (
  reseau text not null,
  code text not null constraint zone_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  partenaire text not null,
  theme text,
  nom text,
  debut date not null,
  fin date constraint zone_finit_apres_son_debut check (fin >= debut),
  surface geometry (multipolygon, 3857),
  constraint zone_identifiee primary key (reseau, code),
  constraint zone_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade,
  constraint zone_theme_de_son_partenaire
    foreign key (reseau, partenaire, theme) references partenaire_theme on delete cascade
);
create index zone_par_partenaire on zone (reseau, partenaire);

-- The units that a zone lists, as they were written.
create table zone_unite (
  reseau text not null,
  zone text not null,
  maille maille not null,
  code text not null,
  constraint zone_unite_identifiee primary key (reseau, zone, maille, code),
  constraint zone_unite_zone_connue foreign key (reseau, zone) references zone on delete cascade
);

-- A demande counts once, whoever handles it; its leading partner is in `demande_partenaire` too.
create table demande (
  reseau text not null constraint demande_de_son_reseau references reseau on delete cascade,
  reference text not null,
  date date not null,
  theme text not null,
  partenaire text not null,
  maille text not null
    constraint demande_maille_connue check (maille in ('commune', 'epci', 'autre')),
  beneficiaire text not null,
  -- That of the beneficiary's code.
  millesime smallint not null,
  objet text,
  etat text not null
    constraint demande_etat_connu check (etat in ('en_cours', 'terminee', 'abandonnee')),
  constraint demande_identifiee primary key (reseau, reference),
  constraint demande_theme_connu foreign key (reseau, theme) references theme on delete cascade,
  constraint demande_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);
create index demande_par_date on demande (reseau, date);
create index demande_par_beneficiaire on demande (maille, beneficiaire, date);
create index demande_par_theme on demande (reseau, theme);
create index demande_par_partenaire on demande (reseau, partenaire);

create table demande_partenaire (
  reseau text not null,
  reference text not null,
  partenaire text not null,
  constraint demande_partenaire_identifie primary key (reseau, reference, partenaire),
  constraint demande_partenaire_demande_connue
    foreign key (reseau, reference) references demande on delete cascade,
  constraint demande_partenaire_associe_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);
create index demande_partenaire_par_partenaire on demande_partenaire (reseau, partenaire);

-- Codes that a réseau uses and that a millésime no longer has, with what they became in it.
create table succession (
  reseau text not null constraint succession_de_son_reseau references reseau on delete cascade,
  millesime smallint not null,
  maille maille not null,
  ancien text not null,
  code text not null,
  constraint succession_identifiee primary key (reseau, millesime, maille, ancien)
);
create index succession_par_code on succession (millesime, maille, code);

-- The perimeter in the codes of a millésime.
create table perimetre_actuel (
  reseau text not null constraint perimetre_actuel_de_son_reseau references reseau on delete cascade,
  millesime smallint not null,
  maille maille not null,
  code text not null,
  constraint perimetre_actuel_identifie primary key (reseau, millesime, maille, code)
);
create index perimetre_actuel_par_code on perimetre_actuel (millesime, maille, code);

-- The communes of a zone in a millésime: all of those it touches, the share it covers, and whether
-- that counts.
create table zone_commune (
  reseau text not null,
  zone text not null,
  millesime smallint not null,
  commune text not null,
  part double precision not null constraint zone_commune_part_possible check (part between 0 and 1),
  -- What put it there: the broadest of what the zone lists, or its drawn surface.
  origine text not null constraint zone_commune_origine_connue
    check (origine in ('region', 'departement', 'epci', 'commune', 'surface')),
  couverte boolean not null,
  -- A zone is worth something within the perimeter of its réseau only.
  dans_perimetre boolean not null,
  constraint zone_commune_identifiee primary key (reseau, zone, millesime, commune),
  constraint zone_commune_zone_connue foreign key (reseau, zone) references zone on delete cascade
);
create index zone_commune_par_commune on zone_commune (millesime, commune)
  where couverte and dans_perimetre;

-- A zone as a surface, on the contours of a band: what tiles draw.
create table zone_contour (
  reseau text not null,
  zone text not null,
  millesime smallint not null,
  bande smallint not null,
  contour geometry (multipolygon, 3857) not null,
  constraint zone_contour_identifie primary key (reseau, zone, millesime, bande),
  constraint zone_contour_zone_connue foreign key (reseau, zone) references zone on delete cascade
);

-- Who reads. `maillage.principal` is set in each transaction (`comptes::Principal`); without it,
-- nobody.
create function principal() returns text
language sql stable parallel safe
as $$ select coalesce(current_setting('maillage.principal', true), '') $$;

alter table reseau enable row level security;
alter table reseau force row level security;
create policy proprietaire on reseau to current_user using (true) with check (true);
create policy lecture on reseau for select to maillage_service
  using (public and (select principal()) <> '');

-- The réseaux whose rows may be read, once a query: policies compare with the list, which keeps
-- their indexes.
create function reseaux_lisibles() returns text[]
language sql stable parallel safe
as $$ select coalesce(array_agg(code), '{}') from reseau $$;

do $$
declare
  nom text;
begin
  foreach nom in array array[
    'partenaire', 'theme', 'partenaire_theme', 'perimetre', 'beneficiaire', 'zone', 'zone_unite',
    'demande', 'demande_partenaire', 'succession', 'perimetre_actuel', 'zone_commune',
    'zone_contour']
  loop
    execute format('alter table %I enable row level security', nom);
    execute format('alter table %I force row level security', nom);
    execute format(
      'create policy proprietaire on %I to current_user using (true) with check (true)', nom);
    execute format(
      'create policy lecture on %I for select to maillage_service
       using (reseau = any ((select reseaux_lisibles())::text[]))', nom);
  end loop;
end
$$;

alter table organisme enable row level security;
alter table organisme force row level security;
create policy proprietaire on organisme to current_user using (true) with check (true);
create policy lecture on organisme for select to maillage_service
  using (code in (select p.organisme from partenaire p));

grant select on reseau to maillage_service;
grant select on organisme to maillage_service;
grant select on partenaire to maillage_service;
grant select on theme to maillage_service;
grant select on partenaire_theme to maillage_service;
grant select on perimetre to maillage_service;
grant select on beneficiaire to maillage_service;
grant select on zone to maillage_service;
grant select on zone_unite to maillage_service;
grant select on demande to maillage_service;
grant select on demande_partenaire to maillage_service;
grant select on succession to maillage_service;
grant select on perimetre_actuel to maillage_service;
grant select on zone_commune to maillage_service;
grant select on zone_contour to maillage_service;
