-- What the réseaux share beyond who helps where: how they came about, what they announce, the fiches of their
-- partners, their regroupements, zones with states and versions, and demandes loaded from partners' tables.

-- What a réseau says of itself. Figures that a document announces are kept beside those that are counted,
-- never in their place.
alter table reseau
  add column presentation text,
  -- For whom the help is meant, and who may open the SIG, in the réseau's words.
  add column destinataires text,
  add column sig text,
  add column partenaires_annonces smallint,
  add column fiches_annoncees smallint,
  -- Share of a commune's surface from which a drawn zone covers it.
  add column seuil_couverture double precision not null default 0.5
    constraint reseau_seuil_possible check (seuil_couverture > 0 and seuil_couverture <= 1),
  -- How long contacts are kept after the last demande that names them, in months.
  add column conservation_mois smallint not null default 36
    constraint reseau_conservation_possible check (conservation_mois between 1 and 120);

-- The millésime that a year's figures are counted in, where it is not the réseau's own.
create table reseau_millesime (
  reseau text not null constraint reseau_millesime_de_son_reseau references reseau on delete cascade,
  annee smallint not null,
  millesime smallint not null,
  constraint reseau_millesime_identifie primary key (reseau, annee)
);

-- The steps of a réseau, in their order; a document may give their year, or not.
create table reseau_etape (
  reseau text not null constraint etape_de_son_reseau references reseau on delete cascade,
  rang smallint not null,
  annee smallint,
  nom text not null,
  description text,
  constraint etape_identifiee primary key (reseau, rang)
);

-- A year's figures as a document states them, to be compared with what is counted.
create table bilan_declare (
  reseau text not null constraint bilan_de_son_reseau references reseau on delete cascade,
  annee smallint not null,
  demandes integer,
  communes_servies integer,
  communes integer,
  epci integer,
  texte text,
  constraint bilan_identifie primary key (reseau, annee)
);

-- A membership has its dates, both included, and may be of a trial or of a charter.
alter table partenaire
  add column role text not null default 'partenaire'
    constraint partenaire_role_connu check (role in ('coordinateur', 'partenaire', 'associe')),
  add column debut date,
  add column fin date constraint partenaire_finit_apres_son_debut check (fin >= debut),
  add column cadre text,
  -- Judged at the end: a partner may change its code while the old one is still there.
  drop constraint partenaire_membre_une_fois,
  add constraint partenaire_membre_une_fois unique (reseau, organisme) deferrable initially deferred;

-- That a partner's zones are complete, for a theme or (null) for all of its own: where they do not reach,
-- it helps nobody. Until then, nothing is known there.
create table declaration (
  reseau text not null,
  partenaire text not null,
  theme text,
  date date not null,
  constraint declaration_identifiee unique nulls not distinct (reseau, partenaire, theme),
  constraint declaration_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade,
  constraint declaration_theme_connu foreign key (reseau, theme) references theme on delete cascade
);

-- One described service, of one or more partners.
create table fiche (
  reseau text not null constraint fiche_de_son_reseau references reseau on delete cascade,
  code text not null constraint fiche_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  rang smallint not null,
  titre text not null,
  description text,
  genre text,
  niveau text constraint fiche_niveau_connu check (niveau in ('premier_niveau', 'approfondi')),
  -- Null: the document does not say.
  cout text constraint fiche_cout_connu check (cout in ('gratuit', 'payant', 'selon_le_cas')),
  conditions text,
  phases text[] not null default '{}',
  expertises text[] not null default '{}',
  publics text[] not null default '{}',
  mots_cles text[] not null default '{}',
  recherche tsvector not null,
  constraint fiche_identifiee primary key (reseau, code)
);

create table fiche_theme (
  reseau text not null,
  fiche text not null,
  theme text not null,
  constraint fiche_theme_identifie primary key (reseau, fiche, theme),
  constraint fiche_theme_fiche_connue foreign key (reseau, fiche) references fiche on delete cascade,
  constraint fiche_theme_theme_connu foreign key (reseau, theme) references theme on delete cascade
);

-- What a partner asks for may differ from what its fiche says: null is the fiche's.
create table fiche_partenaire (
  reseau text not null,
  fiche text not null,
  partenaire text not null,
  niveau text
    constraint fiche_partenaire_niveau_connu check (niveau in ('premier_niveau', 'approfondi')),
  cout text
    constraint fiche_partenaire_cout_connu check (cout in ('gratuit', 'payant', 'selon_le_cas')),
  conditions text,
  constraint fiche_partenaire_identifie primary key (reseau, fiche, partenaire),
  constraint fiche_partenaire_fiche_connue foreign key (reseau, fiche) references fiche on delete cascade,
  constraint fiche_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);
create index fiche_partenaire_par_partenaire on fiche_partenaire (reseau, partenaire);

-- Words that mean the same to who looks for help. Without réseau, for all of them.
create function requete_de(termes text[]) returns tsquery
language sql immutable parallel safe
as $$
  select string_agg('(' || q.mots::text || ')', ' | ')::tsquery
  from unnest(termes) as terme
  cross join lateral (select phraseto_tsquery('public.francais', terme) as mots) q
  where numnode(q.mots) > 0
$$;
create table synonyme (
  reseau text constraint synonyme_de_son_reseau references reseau on delete cascade,
  mot text not null,
  equivalents text[] not null,
  -- Any of them.
  requete tsquery generated always as (requete_de(equivalents || mot)) stored,
  constraint synonyme_identifie unique nulls not distinct (reseau, mot)
);

-- Named sets of communes: cantons, PETR, parks, those invited to a meeting.
create table regroupement (
  reseau text not null constraint regroupement_de_son_reseau references reseau on delete cascade,
  code text not null constraint regroupement_code_lisible check (code ~ '^[a-z0-9][a-z0-9-]*$'),
  nom text not null,
  genre text,
  -- What is done with a commune that several of one kind share.
  regle text,
  source text,
  constraint regroupement_identifie primary key (reseau, code)
);

create table regroupement_commune (
  reseau text not null,
  regroupement text not null,
  commune text not null,
  millesime smallint not null,
  -- Another regroupement of its kind has a part of it: it counts whole in each.
  partagee boolean not null default false,
  constraint regroupement_commune_identifiee primary key (reseau, regroupement, commune),
  constraint regroupement_commune_connu
    foreign key (reseau, regroupement) references regroupement on delete cascade
);

-- Derived: the same in the codes of each millésime, under the name that questions give it.
create table regroupement_actuel (
  reseau text not null
    constraint regroupement_actuel_de_son_reseau references reseau on delete cascade,
  millesime smallint not null,
  unite text not null,
  commune text not null,
  partagee boolean not null,
  constraint regroupement_actuel_identifie primary key (unite, millesime, commune)
);
create index regroupement_actuel_par_commune on regroupement_actuel (millesime, commune);

-- Zones: a number each, so that what is derived from them is small; states and versions.
alter table zone
  add column id integer generated always as identity,
  add column version smallint not null default 1
    constraint zone_version_possible check (version > 0),
  add column etat text not null default 'validee'
    constraint zone_etat_connu check (etat in ('proposee', 'validee', 'refusee', 'expiree')),
  -- Where it comes from: the réseau's folder, or a proposal.
  add column origine text not null default 'dossier',
  add column proposee_le timestamptz not null default now(),
  add column decidee_le timestamptz,
  add column motif text,
  -- What was changed in the surface that was given, in words.
  add column reparation text,
  add constraint zone_numerotee unique (id);
alter table zone_unite
  add column id integer,
  add column exclue boolean not null default false;
update zone_unite u set id = z.id from zone z where z.reseau = u.reseau and z.code = u.zone;
alter table zone_commune add column id integer;
update zone_commune c set id = z.id from zone z where z.reseau = c.reseau and z.code = c.zone;
alter table zone_contour add column id integer;
update zone_contour c set id = z.id from zone z where z.reseau = c.reseau and z.code = c.zone;
alter table zone_commune
  drop constraint zone_commune_origine_connue,
  add constraint zone_commune_origine_connue check (
    origine in ('region', 'departement', 'epci', 'regroupement', 'commune', 'surface'));
alter table zone_unite drop column zone;
alter table zone_commune drop column zone;
alter table zone_contour drop column zone;
alter table zone_unite rename column id to zone;
alter table zone_commune rename column id to zone;
alter table zone_contour rename column id to zone;
alter table zone
  drop constraint zone_identifiee,
  add constraint zone_identifiee primary key (id),
  drop constraint zone_numerotee,
  add constraint zone_de_cette_version unique (reseau, code, version);
alter table zone_unite
  alter column zone set not null,
  add constraint zone_unite_identifiee primary key (zone, maille, code),
  add constraint zone_unite_zone_connue foreign key (zone) references zone on delete cascade;
alter table zone_commune
  alter column zone set not null,
  add constraint zone_commune_identifiee primary key (zone, millesime, commune),
  add constraint zone_commune_zone_connue foreign key (zone) references zone on delete cascade;
alter table zone_contour
  alter column zone set not null,
  add constraint zone_contour_identifie primary key (zone, millesime, bande),
  add constraint zone_contour_zone_connue foreign key (zone) references zone on delete cascade;
-- The communes that a zone covers, without a look at the table.
create index zone_commune_couverte on zone_commune (zone, millesime) include (commune, reseau)
  where couverte and dans_perimetre;

-- What a zone lists and that a millésime does not have: to be looked at, not lost.
create table zone_non_reportee (
  reseau text not null,
  zone integer not null
    constraint zone_non_reportee_zone_connue references zone on delete cascade,
  millesime smallint not null,
  maille maille not null,
  code text not null,
  constraint zone_non_reportee_identifiee primary key (zone, millesime, maille, code)
);

-- Demandes: several themes and several partners, the first of each leads. Kept in the row, so that any
-- question reads one index; a trigger keeps them true.
alter table demande
  add column id bigint generated always as identity,
  add column themes text[],
  add column partenaires text[];
update demande d
set themes = array[d.theme],
  partenaires = array[d.partenaire] || coalesce((
    select array_agg(p.partenaire order by p.partenaire)
    from demande_partenaire p
    where p.reseau = d.reseau and p.reference = d.reference and p.partenaire <> d.partenaire), '{}');
drop table demande_partenaire;
alter table demande drop constraint demande_identifiee;
alter table demande drop column theme;
alter table demande drop column partenaire;
alter table demande
  alter column themes set not null,
  alter column partenaires set not null,
  add constraint demande_a_un_theme check (cardinality(themes) > 0),
  add constraint demande_a_un_partenaire check (cardinality(partenaires) > 0),
  add column theme text not null generated always as (themes[1]) stored,
  add column partenaire text not null generated always as (partenaires[1]) stored,
  add column fiche text,
  add column niveau text
    constraint demande_niveau_connu check (niveau in ('premier_niveau', 'approfondi')),
  -- First answer, and end.
  add column reponse date constraint demande_repondue_apres check (reponse >= date),
  add column cloture date constraint demande_close_apres check (cloture >= date),
  add column suite text,
  add column jours numeric(7, 2) constraint demande_jours_possibles check (jours >= 0),
  -- Where it was loaded from: the réseau's folder, or a partner's table.
  add column origine text not null default 'dossier',
  -- The demande that it was found to be the same as.
  add column fusionnee bigint,
  drop constraint demande_etat_connu,
  add constraint demande_etat_connu check (
    etat in ('brouillon', 'en_cours', 'terminee', 'abandonnee', 'refusee', 'test')),
  -- The rule of the statistics: what was really asked, once. Drafts, trials, what was refused, and
  -- duplicates are left out; what was given up was asked.
  add column comptee boolean not null generated always as (
    etat not in ('brouillon', 'refusee', 'test') and fusionnee is null) stored,
  add constraint demande_identifiee primary key (id),
  add constraint demande_de_son_partenaire unique (reseau, partenaire, reference),
  add constraint demande_theme_connu foreign key (reseau, theme) references theme,
  add constraint demande_partenaire_connu foreign key (reseau, partenaire) references partenaire,
  add constraint demande_fiche_connue foreign key (reseau, fiche) references fiche,
  add constraint demande_fusionnee_connue
    foreign key (fusionnee) references demande on delete set null;
create index demande_par_fusion on demande (fusionnee) where fusionnee is not null;
drop index demande_par_date;
drop index demande_par_beneficiaire;
-- All that a count needs, in one index.
create index demande_comptee_par_date on demande (reseau, date)
  include (maille, beneficiaire, millesime, themes, partenaires) where comptee;
create index demande_par_beneficiaire on demande (maille, beneficiaire, date);

create function verifier_demandes() returns trigger
language plpgsql
as $$
declare
  faute record;
begin
  select d.reference, p as partenaire into faute
  from ecrites d cross join unnest(d.partenaires) p
  where not exists (select from partenaire c where c.reseau = d.reseau and c.code = p)
  limit 1;
  if found then
    raise foreign_key_violation using constraint = 'demande_partenaires_connus',
      message = format('La demande %s a un partenaire inconnu : %s.', faute.reference, faute.partenaire);
  end if;
  select d.reference, t as theme into faute
  from ecrites d cross join unnest(d.themes) t
  where not exists (select from theme c where c.reseau = d.reseau and c.code = t)
  limit 1;
  if found then
    raise foreign_key_violation using constraint = 'demande_themes_connus',
      message = format('La demande %s a un thème inconnu : %s.', faute.reference, faute.theme);
  end if;
  return null;
end
$$;
create trigger demandes_inserees after insert on demande
  referencing new table as ecrites for each statement execute function verifier_demandes();
create trigger demandes_changees after update on demande
  referencing new table as ecrites for each statement execute function verifier_demandes();

-- Whom to call back about a demande. Personal data: never shown to the public, kept for a time that the
-- réseau sets, erased by `maillage contacts effacer`.
create table contact (
  id bigint generated always as identity constraint contact_identifie primary key,
  reseau text not null constraint contact_de_son_reseau references reseau on delete cascade,
  demande bigint not null constraint contact_demande_connue references demande on delete cascade,
  nom text,
  fonction text,
  courriel text,
  telephone text,
  recueilli_le date not null,
  constraint contact_une_fois unique nulls not distinct (demande, nom, courriel, telephone)
);
create index contact_par_reseau on contact (reseau, recueilli_le);

-- Demandes of private individuals: counted, without anything that says who asked. `empreinte` is that of
-- the reference, so that a table loaded twice counts once.
create table demande_particuliere (
  reseau text not null constraint particuliere_de_son_reseau references reseau on delete cascade,
  partenaire text not null,
  empreinte bytea not null,
  annee smallint not null,
  theme text,
  commune text,
  origine text not null,
  constraint particuliere_identifiee primary key (reseau, partenaire, empreinte),
  constraint particuliere_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);

-- Two demandes of different partners that may be one: what the coordinator said of it.
create table doublon (
  reseau text not null constraint doublon_de_son_reseau references reseau on delete cascade,
  premiere bigint not null constraint doublon_premiere_connue references demande on delete cascade,
  seconde bigint not null constraint doublon_seconde_connue references demande on delete cascade,
  decision text not null constraint doublon_decision_connue check (decision in ('fusion', 'garde')),
  decide_le timestamptz not null default now(),
  constraint doublon_identifie primary key (premiere, seconde),
  constraint doublon_ordonne check (premiere < seconde)
);

-- How the columns of a partner's tables are read: asked once.
create table correspondance (
  reseau text not null,
  partenaire text not null,
  -- Column of the table, as it is written there, and the field that it fills.
  colonnes jsonb not null,
  -- Value of the table, and the code that it stands for, by field.
  valeurs jsonb not null default '{}',
  constraint correspondance_identifiee primary key (reseau, partenaire),
  constraint correspondance_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);

do $$
declare
  nom text;
begin
  foreach nom in array array[
    'reseau_millesime', 'reseau_etape', 'bilan_declare', 'declaration', 'fiche', 'fiche_theme',
    'fiche_partenaire', 'regroupement', 'regroupement_commune', 'regroupement_actuel',
    'zone_non_reportee', 'synonyme', 'contact', 'demande_particuliere', 'doublon', 'correspondance']
  loop
    execute format('alter table %I enable row level security', nom);
    execute format('alter table %I force row level security', nom);
    execute format(
      'create policy proprietaire on %I to current_user using (true) with check (true)', nom);
  end loop;
  -- What the public may read. Contacts, duplicates and how tables are read are not.
  foreach nom in array array[
    'reseau_millesime', 'reseau_etape', 'bilan_declare', 'declaration', 'fiche', 'fiche_theme',
    'fiche_partenaire', 'regroupement', 'regroupement_commune', 'regroupement_actuel',
    'zone_non_reportee', 'demande_particuliere']
  loop
    execute format(
      'create policy lecture on %I for select to maillage_service
       using (reseau in (select r.code from reseau r))', nom);
    execute format('grant select on %I to maillage_service', nom);
  end loop;
end
$$;
create policy lecture on synonyme for select to maillage_service
  using ((select principal()) <> ''
    and (reseau is null or reseau = any ((select reseaux_lisibles())::text[])));
grant select on synonyme to maillage_service;

-- A row is read when its réseau is: a list that is hashed once a query costs nothing a row, where an array
-- was searched for each. The public reads of demandes what is counted, and of zones what was validated.
do $$
declare
  nom text;
begin
  for nom in
    select tablename from pg_policies where policyname = 'lecture' and qual like '%reseaux_lisibles%'
      and tablename <> 'synonyme'
  loop
    execute format('drop policy lecture on %I', nom);
    execute format(
      'create policy lecture on %I for select to maillage_service
       using (%s reseau in (select r.code from reseau r))', nom,
      case nom when 'demande' then 'comptee and' when 'zone' then 'etat = ''validee'' and' else '' end);
  end loop;
end
$$;
drop policy lecture on zone_unite;
create policy lecture on zone_unite for select to maillage_service
  using (exists (select from zone z where z.id = zone_unite.zone));
drop policy lecture on organisme;
create policy lecture on organisme for select to maillage_service
  using (exists (select from partenaire p where p.organisme = organisme.code));
