-- How communes became other communes, and what a code of one millésime comes to in another.

-- Where movements come from, and until when each source tells them.
create table source_mouvements (
  code text primary key,
  nom text not null,
  licence text not null,
  jusqu_au date not null
);

-- Changes of the set of communes, as published: a commune before, a commune after, at a date. A commune
-- that merges, that is divided or that changes its code has a row for each commune that it has become,
-- itself included. Without `avant`, it appears, out of a commune that the source does not name; without
-- `apres`, it disappears.
create table mouvement (
  source text not null references source_mouvements on delete cascade,
  date date not null,
  avant text,
  apres text,
  nom_avant text,
  nom_apres text,
  check (avant is not null or apres is not null)
);
create index mouvement_par_source on mouvement (source, date);

-- Derived from the movements and from the published millésimes, at any time (`territoires::passage`).
-- A code of a millésime between `depuis` and `jusqu`, both included, is in the millésime `vers` the
-- code `nouveau`, with a share of what it counted; a code that is the same in both has no row. `part`
-- is null when going back in time it is not known: a commune of today is several of the past.
create table passage (
  vers smallint not null references millesime on delete cascade,
  ancien text not null,
  depuis smallint not null,
  jusqu smallint not null,
  nouveau text not null,
  part double precision check (part between 0 and 1),
  -- Of the former commune, when a source gives it.
  nom text,
  primary key (vers, ancien, depuis, nouveau)
);
create index passage_par_nouveau on passage (vers, nouveau);

grant select on source_mouvements, mouvement, passage to maillage_service;
