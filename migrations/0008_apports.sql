-- A vintage belongs to each layer of an edition: codes, contours, composition of EPCI and populations may
-- come from several sources, of several millésimes, each for its own départements.

create type apport as enum ('contours', 'codes', 'epci', 'populations');

-- What a source gives an edition, of which millésime, and for which départements.
create table apport_edition (
  edition integer not null,
  rang smallint not null,
  apport apport not null,
  millesime smallint not null,
  departements text[] not null,
  primary key (edition, rang, apport),
  foreign key (edition, rang) references source_edition on delete cascade
);

-- Until now the name of a source said what it gave: « Contours, codes et noms : IGN… ».
insert into apport_edition (edition, rang, apport, millesime, departements)
select s.edition, s.rang, a.apport,
  case a.apport when 'contours' then coalesce(e.millesime_contours, e.millesime) else e.millesime end,
  coalesce((
    select array_agg(t.code order by t.code)
    from territoire t where t.edition = s.edition and t.maille = 'departement'), '{}')
from source_edition s
join edition e on e.id = s.edition
cross join lateral (values
  ('contours'::apport, 'contours'), ('codes', 'codes'), ('epci', 'epci'), ('populations', 'populations')
) as a (apport, mot)
where lower(split_part(s.nom, ' : ', 1)) like '%' || a.mot || '%';

update source_edition set nom = regexp_replace(nom, '^[^:]* : ', '')
where lower(split_part(nom, ' : ', 1)) ~ 'contours|codes|epci|populations';

-- Contours as they were read, which bands are drawn from: what is added to a millésime leaves the others
-- as they are. An edition is a partition. Empty for editions published before this migration.
create table contour_source (
  edition integer not null,
  code text not null,
  contour geometry (multipolygon, 4326) not null
) partition by list (edition);

-- The établissement public territorial of a commune of the Grand Paris, which is no EPCI à fiscalité propre.
alter table territoire add column ept text;
create table ept (
  edition integer not null references edition on delete cascade,
  code text not null check (code ~ '^[0-9]{9}$'),
  nom text not null,
  primary key (edition, code)
);

grant select on apport_edition, contour_source, ept to maillage_service;
