-- What a review found: that anybody could keep somebody else out by failing to sign in for them; that inviting an
-- address told whether it has an account, and whose; that what people type had no bound.

-- Addresses from which people signed in lately: those are not made to wait for what others try elsewhere.
create table adresse_connue (
  compte integer not null constraint adresse_connue_de_son_compte references compte on delete cascade,
  -- Of version 6, the first half alone.
  adresse inet not null,
  vue_le timestamptz not null default now(),
  constraint adresse_connue_identifiee primary key (compte, adresse)
);
alter table adresse_connue enable row level security;
alter table adresse_connue force row level security;
create policy proprietaire on adresse_connue to current_user using (true) with check (true);

create function adresse_connue(p_courriel text, p_adresse inet) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$
  select exists (
    select
    from compte c
    join adresse_connue a on a.compte = c.id
    where c.courriel = lower(p_courriel) and a.adresse = p_adresse and a.vue_le > now() - interval '30 days')
$$;

create function connaitre_adresse(p_courriel text, p_adresse inet) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $$
  delete from adresse_connue where vue_le < now() - interval '30 days';
  insert into adresse_connue (compte, adresse)
  select c.id, p_adresse from compte c where c.courriel = lower(p_courriel)
  on conflict (compte, adresse) do update set vue_le = excluded.vue_le;
$$;

-- A right that a coordinator offers counts once the person has accepted it. Until then the coordinator reads what
-- they typed, and nothing of the account: not even whether there was one.
alter table droit
  add column accepte_le timestamptz default now(),
  add column courriel text,
  add column nom text,
  add constraint droit_offert_a_quelqu_un check ((accepte_le is null) = (courriel is not null));

-- What was typed serves until then.
create function accepter_un_droit() returns trigger
language plpgsql
as $$
begin
  new.courriel := null;
  new.nom := null;
  return new;
end
$$;
create trigger droit_accepte before update of accepte_le on droit
  for each row when (new.accepte_le is not null) execute function accepter_un_droit();

create or replace function mes_droits() returns table (reseau text, role text, partenaire text)
language sql stable security definer parallel safe
set search_path = public, pg_temp
as $$
  select d.reseau, d.role, d.partenaire
  from acces() a
  join droit d on d.compte = a.compte and (a.reseau is null or d.reseau = a.reseau)
  where d.accepte_le is not null
  union all
  select r.code, 'coordinateur', null
  from acces() a
  join reseau r on a.administrateur and (a.reseau is null or r.code = a.reseau)
$$;

alter policy lecture on compte
  using (id in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur and a.reseau is null)
    or id in (select d.compte from droit d where d.accepte_le is not null));

-- Rights are offered by `inviter` alone, accepted by a session of whoever they are offered to, and taken back by the
-- coordinator; the person may refuse an offer.
drop policy ajout on droit;
revoke insert on droit from maillage_service;
revoke insert (compte, reseau, role, partenaire) on droit from maillage_service;
create policy changement on droit for update to maillage_service
  using (accepte_le is null and principal() like 'session:%' and compte in (select a.compte from acces() a))
  with check (accepte_le is not null and compte in (select a.compte from acces() a));
grant update (accepte_le) on droit to maillage_service;
alter policy retrait on droit
  using ((select peut_ecrire()) and (reseau = any ((select mes_coordinations())::text[])
    or accepte_le is null and compte in (select a.compte from acces() a)));

-- The réseaux that offer the principal a right: those that are not public have their name told to whom they invite.
create function mes_offres() returns table (id integer, reseau text, reseau_nom text, role text, partenaire_nom text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select d.id, d.reseau, r.nom, d.role, o.nom
  from acces() a
  join droit d on d.compte = a.compte and d.accepte_le is null and a.reseau is null
  join reseau r on r.code = d.reseau
  left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
  left join organisme o on o.code = p.organisme
  order by r.nom, d.role, o.nom
$$;

-- A link of the kind `acces` leads whoever has an account to sign in; it chooses no password. Each link shows the name
-- that was typed for it.
alter table lien
  add column nom text,
  drop constraint lien_motif_connu,
  add constraint lien_motif_connu check (motif in ('invitation', 'reinitialisation', 'acces'));

create or replace function lien_connu(p_empreinte bytea) returns table (courriel text, nom text, motif text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select c.courriel, coalesce(l.nom, c.nom), l.motif
  from lien l
  join compte c on c.id = l.compte
  where l.empreinte = p_empreinte and l.expire_le > now() and l.suivi_le is null
    and (c.desactive_le is null or l.motif = 'acces')
$$;

-- Whoever follows an invitation accepts what it offers: while it serves, only one réseau's coordinators have offered
-- this account anything.
create or replace function suivre_lien(p_lien bytea, p_empreinte text) returns integer
language sql volatile security definer
set search_path = public, pg_temp
as $$
  with suivi as (
    update lien l set suivi_le = now()
    from compte c
    where l.empreinte = p_lien and l.expire_le > now() and l.suivi_le is null
      and c.id = l.compte and (c.desactive_le is null or l.motif = 'acces')
    returning l.compte, l.motif
  ),
  ouvert as (select compte, motif from suivi where motif <> 'acces'),
  perimes as (
    update lien set expire_le = now()
    where compte in (select compte from ouvert) and empreinte <> p_lien and expire_le > now() and suivi_le is null
  ),
  acceptes as (
    update droit set accepte_le = now()
    where compte in (select compte from ouvert where motif = 'invitation') and accepte_le is null
  ),
  fermees as (delete from session where compte in (select compte from ouvert))
  update compte set empreinte = p_empreinte where id in (select compte from ouvert) returning id
$$;

-- A right in another réseau ends the links that the first who invited may have kept; not those that the person asked.
create or replace function perimer_les_invitations() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  update lien l set expire_le = now()
  where l.compte = new.compte and l.motif = 'invitation' and l.suivi_le is null and l.expire_le > now()
    and exists (select from droit d where d.compte = new.compte and d.reseau <> new.reseau);
  return null;
end
$$;

-- A coordinator offers a right to an address. `donne`: whoever it is belongs to the réseau already, or is known to it
-- by their provider of identity, and has it; `lien`: the link chooses the password of an account without one, whose
-- rights are all the coordinator's; `acces`: the account exists, and the link leads to signing in. What the
-- coordinator is told of the last two is the same.
drop function inviter(text, text, text, text, text, bytea);
create function inviter(
  p_courriel text, p_nom text, p_reseau text, p_role text, p_partenaire text, p_lien bytea) returns text
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  invite compte;
  suite text;
begin
  if not peut_ecrire() or not exists (
    select from mes_droits() m where m.role = 'coordinateur' and m.reseau = p_reseau)
  then
    raise insufficient_privilege using message = 'Seul un coordinateur du réseau y invite.';
  end if;
  insert into compte (courriel, nom) values (lower(p_courriel), p_nom) on conflict (courriel) do nothing;
  select * into invite from compte where courriel = lower(p_courriel);
  suite := case
    when exists (
      select from droit d where d.compte = invite.id and d.reseau = p_reseau and d.accepte_le is not null)
      or exists (
        select from acces_proposes() a
        where a.courriel = invite.courriel and a.reseau = p_reseau and p_role = 'partenaire'
          and a.partenaire = p_partenaire) then 'donne'
    when invite.empreinte is not null or invite.sujet is not null or invite.administrateur
      or invite.desactive_le is not null or exists (
        select from droit d where d.compte = invite.id and d.reseau <> all (mes_coordinations())) then 'acces'
    else 'lien'
  end;
  insert into droit (compte, reseau, role, partenaire, courriel, nom, accepte_le)
  select invite.id, p_reseau, p_role, p_partenaire,
    case when suite <> 'donne' then invite.courriel end, case when suite <> 'donne' then p_nom end,
    case when suite = 'donne' then now() end
  on conflict on constraint droit_une_fois do update set nom = excluded.nom where droit.accepte_le is null;
  if suite = 'donne' then
    return suite;
  end if;
  update lien set expire_le = now()
  where compte = invite.id and suivi_le is null and expire_le > now()
    and motif = case suite when 'lien' then 'invitation' else 'acces' end;
  insert into lien (compte, empreinte, motif, nom, expire_le)
  values (invite.id, p_lien, case suite when 'lien' then 'invitation' else 'acces' end, p_nom,
    now() + interval '3 days');
  return suite;
end
$$;

-- The number of an account tells how old it is: of an offer, the journal keeps the address alone.
drop trigger journal on droit;
create trigger journal after insert on droit
  for each row when (new.accepte_le is null) execute function journaliser('compte', 'nom');
create trigger journal_des_acceptes after insert on droit
  for each row when (new.accepte_le is not null) execute function journaliser('nom');
create trigger journal_des_changements after update on droit
  for each row execute function journaliser('compte', 'nom');
create trigger journal_des_refus after delete on droit
  for each row when (old.accepte_le is null) execute function journaliser('compte', 'nom');
create trigger journal_des_retraits after delete on droit
  for each row when (old.accepte_le is not null) execute function journaliser('nom');
drop trigger journal on lien;
create trigger journal after insert or update or delete on lien
  for each row execute function journaliser('empreinte', 'nom');

-- Bounds: those of `src/comptes`, whose sentences people read. What is there already stays.
alter table compte
  drop constraint compte_courriel_lisible,
  add constraint compte_courriel_lisible check (
    courriel = lower(courriel) and length(courriel) <= 254
    and courriel ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$') not valid,
  add constraint compte_nom_borne check (length(nom) between 1 and 200 and nom !~ '[[:cntrl:]]') not valid,
  add constraint compte_fournisseur_borne check (
    length(fournisseur) <= 500 and length(sujet) <= 500 and length(siret) <= 20) not valid;
alter table droit
  add constraint droit_courriel_borne check (length(courriel) <= 254),
  add constraint droit_nom_borne check (length(nom) between 1 and 200 and nom !~ '[[:cntrl:]]');
alter table lien
  add constraint lien_nom_borne check (length(nom) between 1 and 200 and nom !~ '[[:cntrl:]]');
alter table jeton
  add constraint jeton_nom_borne check (length(nom) between 1 and 100 and nom !~ '[[:cntrl:]]') not valid;
alter table session
  add constraint session_navigateur_borne check (length(navigateur) <= 200) not valid;
alter table tentative
  add constraint tentative_cle_bornee check (length(cle) <= 400) not valid;

-- A name that a provider says is shortened rather than refused.
create or replace function compte_externe(
  p_fournisseur text, p_sujet text, p_courriel text, p_nom text, p_siret text) returns integer
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  connu compte;
begin
  select * into connu from compte where fournisseur = p_fournisseur and sujet = p_sujet;
  if not found then
    insert into compte (courriel, nom)
    values (lower(p_courriel), coalesce(nullif(left(regexp_replace(p_nom, '[[:cntrl:]]+', ' ', 'g'), 200), ''), '—'))
    on conflict (courriel) do nothing;
    update compte set fournisseur = p_fournisseur, sujet = p_sujet, empreinte = null
    where courriel = lower(p_courriel) and sujet is null and desactive_le is null and not administrateur
    returning * into connu;
    update lien set expire_le = now() where compte = connu.id and suivi_le is null and expire_le > now();
  end if;
  if connu.id is null or connu.desactive_le is not null then
    return null;
  end if;
  update compte set siret = p_siret where id = connu.id and siret is distinct from p_siret;
  return connu.id;
end
$$;

-- What is held about people.
do $$
declare
  t record;
  c record;
begin
  for t in
    select *
    from (values
      ('adresse_connue', 'Adresses depuis lesquelles on s''est connecté',
        'Ne pas faire attendre la personne quand d''autres essaient son compte ailleurs.', 'Personne.', 'Trente jours.'),
      ('droit', 'Droits', 'Savoir qui peut quoi, dans quel réseau.',
        'La personne, les coordinateurs du réseau, les administrateurs.',
        'Jusqu''à leur retrait ; trois mois pour une invitation sans suite.')
    ) as v (nom, titre, finalite, lecteurs, duree)
  loop
    execute format('comment on table %I is %L', t.nom, jsonb_build_object(
      'titre', t.titre, 'finalite', t.finalite, 'lecteurs', t.lecteurs, 'duree', t.duree));
  end loop;
  for c in
    select *
    from (values
      ('adresse_connue', 'adresse', 'Adresse IP (de la sixième version, sa première moitié)'),
      ('adresse_connue', 'vue_le', 'Dernière connexion'),
      ('droit', 'role', 'Rôle'), ('droit', 'donne_le', 'Jour où il a été donné ou proposé'),
      ('droit', 'accepte_le', 'Jour où il a été accepté'),
      ('droit', 'courriel', 'Adresse électronique, tant qu''il n''est pas accepté'),
      ('droit', 'nom', 'Nom, tel que le coordinateur l''a écrit, tant qu''il n''est pas accepté'),
      ('lien', 'nom', 'Nom, tel que le coordinateur l''a écrit'),
      ('tentative', 'cle', 'Compte visé, adresse IP, ou les deux')
    ) as v (nom, colonne, sens)
  loop
    execute format('comment on column %I.%I is %L', c.nom, c.colonne, c.sens);
  end loop;
end
$$;

create or replace function dossier_de(p_courriel text) returns jsonb
language sql stable
as $$
  with
    -- The address as it is kept.
    lui as (select lower(p_courriel) as courriel),
    sien as (select c.* from compte c join lui on c.courriel = lui.courriel)
  select jsonb_build_object(
    'courriel', (select courriel from lui),
    'compte', (select to_jsonb(c) - 'empreinte' from sien c),
    'droits', (select coalesce(jsonb_agg(to_jsonb(d) - 'id' - 'compte' order by d.id), '[]')
      from droit d join sien c on c.id = d.compte),
    'sessions', (select coalesce(jsonb_agg(to_jsonb(s) - 'empreinte' - 'compte' order by s.id), '[]')
      from session s join sien c on c.id = s.compte),
    'adresses', (select coalesce(jsonb_agg(to_jsonb(a) - 'compte' order by a.vue_le), '[]')
      from adresse_connue a join sien c on c.id = a.compte),
    'jetons', (select coalesce(jsonb_agg(to_jsonb(j) - 'empreinte' - 'compte' order by j.id), '[]')
      from jeton j join sien c on c.id = j.compte),
    'liens', (select coalesce(jsonb_agg(to_jsonb(l) - 'empreinte' - 'compte' order by l.cree_le), '[]')
      from lien l join sien c on c.id = l.compte),
    'contacts', (
      select coalesce(jsonb_agg(to_jsonb(k) - 'id' - 'demande' || jsonb_build_object(
        'demande', d.reference, 'date_de_la_demande', d.date, 'partenaire', d.partenaire) order by k.id), '[]')
      from contact k
      join lui on lower(k.courriel) = lui.courriel
      join demande d on d.id = k.demande),
    'journal', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'compte' order by j.id), '[]')
      from journal j
      cross join lui
      where j.auteur = lui.courriel
        or (j.objet in ('compte', 'droit') and lui.courriel in (j.avant ->> 'courriel', j.apres ->> 'courriel'))))
$$;

create or replace function oublier(p_courriel text, out contacts bigint, out comptes bigint, out lignes bigint)
language plpgsql
as $$
declare
  sien integer := (select c.id from compte c where c.courriel = lower(p_courriel));
begin
  delete from contact c where lower(c.courriel) = lower(p_courriel);
  get diagnostics contacts = row_count;
  delete from compte c where c.id = sien;
  get diagnostics comptes = row_count;
  delete from tentative t
  where t.cle in ('compte:' || lower(p_courriel), 'lien:' || lower(p_courriel))
    or starts_with(t.cle, 'couple:' || lower(p_courriel) || ' ');
  update journal j
  set auteur = 'personne effacée', compte = null
  where j.auteur = lower(p_courriel);
  get diagnostics lignes = row_count;
  update journal j
  set avant = j.avant - '{courriel,nom,siret,sujet}'::text[], apres = j.apres - '{courriel,nom,siret,sujet}'::text[]
  where j.objet in ('compte', 'droit') and lower(p_courriel) in (j.avant ->> 'courriel', j.apres ->> 'courriel')
    or j.objet = 'compte' and j.cle = sien::text;
end
$$;

create or replace function oublier_les_perimes(p_essai boolean) returns table (quoi text, nombre bigint)
language plpgsql
as $$
begin
  create temporary table perimes on commit drop as
  select 'journal' as nom, j.id::text as cle
  from journal j
  left join reseau r on r.code = j.reseau
  where j.le < now() - make_interval(months => coalesce(r.journal_mois, 24))
  union all
  select 'session', s.id::text from session s where s.expire_le < now()
  union all
  select 'adresse_connue', a.ctid::text from adresse_connue a where a.vue_le < now() - interval '30 days'
  union all
  select 'droit', d.id::text from droit d
  where d.accepte_le is null and d.donne_le < now() - interval '3 months'
  union all
  select 'jeton', j.id::text from jeton j where least(j.expire_le, j.revoque_le) < now() - interval '1 month'
  union all
  select 'lien', encode(l.empreinte, 'hex') from lien l
  where least(l.expire_le, l.suivi_le) < now() - interval '1 month'
  union all
  select 'tentative', t.ctid::text from tentative t where t.le < now() - interval '1 day'
  union all
  select 'compte', c.id::text from compte c
  where c.connecte_le is null and not c.administrateur and c.cree_le < now() - interval '1 year';
  if not p_essai then
    delete from session where id::text in (select cle from perimes where nom = 'session');
    delete from adresse_connue where vue_le < now() - interval '30 days';
    delete from droit where id::text in (select cle from perimes where nom = 'droit');
    delete from jeton where id::text in (select cle from perimes where nom = 'jeton');
    delete from lien where encode(empreinte, 'hex') in (select cle from perimes where nom = 'lien');
    delete from tentative where le < now() - interval '1 day';
    delete from compte where id::text in (select cle from perimes where nom = 'compte');
    delete from journal where id::text in (select cle from perimes where nom = 'journal');
  end if;
  return query
    select d.dit ->> 'titre', count(p.cle)
    from donnees_personnelles d
    left join perimes p on p.nom = d.nom
    where d.nom <> 'contact'
    group by d.nom, d.dit
    order by d.nom;
end
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'adresse_connue(text, inet)', 'connaitre_adresse(text, inet)', 'mes_offres()',
    'inviter(text, text, text, text, text, bytea)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
    execute format('grant execute on function %s to maillage_service', fonction);
  end loop;
  revoke all on function accepter_un_droit() from public;
end
$$;
