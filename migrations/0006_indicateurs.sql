-- Territorial figures. The catalogue (`data/indicateurs/*.toml`) is applied at each start; values come
-- from files, or are worked out when a millésime is published.

create type nature_indicateur as enum ('stock', 'ratio', 'mediane', 'classe');
create type etat_valeur as enum ('valeur', 'secret', 'sans_objet', 'non_disponible');

create table indicateur (
  code text primary key check (code ~ '^[a-z0-9][a-z0-9_]*$'),
  rang smallint not null,
  theme text not null,
  libelle text not null,
  description text,
  unite text,
  -- A stock adds up; a ratio is worked out again from its parts; the others are only what they were
  -- measured on.
  nature nature_indicateur not null,
  numerateur text references indicateur deferrable initially deferred,
  denominateur text references indicateur deferrable initially deferred,
  facteur double precision not null default 1,
  producteur text not null,
  source text not null,
  licence text not null,
  site text,
  -- Whether more is better (1), worse (-1), or neither.
  sens smallint not null default 0 check (sens in (-1, 0, 1)),
  decimales smallint not null default 0 check (decimales between 0 and 6),
  -- Counts under it are not published by the producer.
  seuil_secret integer,
  -- Labels of the classes, in order: the value is a rank.
  modalites text[],
  -- Shown in the catalogue; the others are parts of ratios.
  affiche boolean not null default true,
  check (nature <> 'ratio' or (numerateur is null) = (denominateur is null)),
  check (nature = 'ratio' or numerateur is null),
  check (nature <> 'classe' or modalites is not null)
);

-- The values of one indicator, for one period, on the units of one maille of one millésime.
create table jeu (
  id integer generated always as identity primary key,
  indicateur text not null references indicateur,
  periode text not null check (periode ~ '^[12][0-9]{3}(-[12][0-9]{3})?$'),
  millesime smallint not null,
  maille maille not null,
  -- As attributions name it, when it is not that of the catalogue.
  source text,
  date_source date,
  -- Millésime whose publication worked it out; null when it was loaded.
  calcule_pour smallint,
  unique (indicateur, periode, maille, millesime)
);

-- No foreign key: a million rows are checked one by one. `indicateurs::effacer` erases both.
create table valeur (
  jeu integer not null,
  code text not null,
  valeur double precision,
  etat etat_valeur not null default 'valeur',
  primary key (jeu, code),
  check ((etat = 'valeur') = (valeur is not null))
);

grant select on indicateur, jeu, valeur to maillage_service;
