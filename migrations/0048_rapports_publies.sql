-- Annual reports that a réseau published: kept whole, with their data, their texts and their maps as they were, and never
-- changed. A correction is the next version of the year, with a note that says what it corrects.
create table rapport_publie (
  id integer generated always as identity constraint rapport_publie_numerote primary key,
  reseau text not null constraint rapport_publie_de_son_reseau references reseau on delete cascade,
  annee smallint not null,
  version smallint not null,
  -- What a correction corrects; the first version has none.
  note text,
  -- The day that the document bears.
  edition date not null,
  -- What the report says, as `rapports::donnees::Rapport`; the texts as `rapports::textes::Textes`, figures put in.
  donnees jsonb not null,
  textes jsonb not null,
  -- Drawings and alternative texts, by name.
  cartes jsonb not null,
  pdf bytea not null constraint rapport_publie_borne check (octet_length(pdf) <= 50000000),
  -- SHA-256 of the document.
  empreinte bytea not null,
  publie_le timestamptz not null default now(),
  constraint rapport_publie_identifie unique (reseau, annee, version),
  constraint rapport_publie_annote check (
    case when version = 1 then note is null else length(trim(note)) between 1 and 2000 end),
  constraint rapport_publie_est_lui check (empreinte = sha256(pdf))
);

alter table rapport_publie enable row level security;
alter table rapport_publie force row level security;
create policy proprietaire on rapport_publie to current_user using (true) with check (true);
create policy lecture on rapport_publie for select to maillage_service
  using (reseau in (select r.code from reseau r));
create policy ajout on rapport_publie for insert to maillage_service
  with check ((select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[]));
grant select on rapport_publie to maillage_service;
grant insert (reseau, annee, version, note, edition, donnees, textes, cartes, pdf, empreinte)
  on rapport_publie to maillage_service;

-- The next of its year and no other; and what is published stays as it is, whoever asks, the owner of the database too.
create function publier_a_la_suite() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  if new.version <> 1 + coalesce(
    (select max(r.version) from rapport_publie r where r.reseau = new.reseau and r.annee = new.annee), 0) then
    raise exception 'version % : ce n''est pas la suivante', new.version
      using errcode = 'check_violation', constraint = 'rapport_publie_a_la_suite';
  end if;
  return new;
end
$$;
create function garder_le_rapport_publie() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  -- With its réseau, it goes.
  if tg_op = 'DELETE' and not exists (select from reseau r where r.code = old.reseau) then
    return old;
  end if;
  raise exception 'un rapport publié ne change pas : publiez-en une correction'
    using errcode = 'check_violation', constraint = 'rapport_publie_immuable';
end
$$;
revoke all on function publier_a_la_suite(), garder_le_rapport_publie() from public;
create trigger a_la_suite before insert on rapport_publie for each row execute function publier_a_la_suite();
create trigger immuable before update or delete on rapport_publie
  for each row execute function garder_le_rapport_publie();
create trigger journal after insert on rapport_publie
  for each row execute function journaliser('donnees', 'textes', 'cartes', 'pdf', 'empreinte');
-- Pages that say what is published are made again.
create trigger annonce after insert on rapport_publie
  for each row when (principal() <> '') execute function annoncer_a_la_fin();
