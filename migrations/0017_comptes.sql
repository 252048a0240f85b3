-- People, programs, what each may do, and what each did.
--
-- A transaction of the service says on whose behalf it is: `maillage.principal` is `public`, or `session:` or
-- `jeton:` and the SHA-256 of a secret, in hexadecimal. The database itself finds the account, so that a right
-- that is taken away, a session that is ended or an account that is disabled counts from the next statement.
-- Anything else is nobody.

create table compte (
  id integer generated always as identity constraint compte_identifie primary key,
  -- Lower case.
  courriel text not null constraint compte_unique unique,
  nom text not null,
  -- Argon2id, as a PHC string. Null: invited, or signs in elsewhere.
  empreinte text,
  -- OpenID Connect: who vouches, and under which name.
  fournisseur text,
  sujet text,
  -- Of the body that the provider says the person works for.
  siret text,
  administrateur boolean not null default false,
  cree_le timestamptz not null default now(),
  connecte_le timestamptz,
  desactive_le timestamptz,
  constraint compte_courriel_lisible check (courriel = lower(courriel) and courriel like '_%@_%'),
  constraint compte_sujet_unique unique (fournisseur, sujet)
);

-- What an account may do in a réseau: `lecteur` reads every figure, `partenaire` keeps what a partner does
-- there, `coordinateur` keeps the réseau.
create table droit (
  id integer generated always as identity constraint droit_identifie primary key,
  compte integer not null constraint droit_compte_connu references compte on delete cascade,
  reseau text not null constraint droit_de_son_reseau references reseau on delete cascade,
  role text not null
    constraint droit_role_connu check (role in ('lecteur', 'partenaire', 'coordinateur')),
  partenaire text,
  donne_le timestamptz not null default now(),
  constraint droit_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade,
  constraint droit_de_partenaire check ((role = 'partenaire') = (partenaire is not null)),
  constraint droit_une_fois unique nulls not distinct (compte, reseau, role, partenaire)
);

create table session (
  id integer generated always as identity constraint session_identifiee primary key,
  -- Of the secret that the browser keeps.
  empreinte bytea not null constraint session_unique unique,
  compte integer not null constraint session_compte_connu references compte on delete cascade,
  ouverte_le timestamptz not null default now(),
  vue_le timestamptz not null default now(),
  expire_le timestamptz not null,
  navigateur text,
  adresse inet
);
create index session_par_compte on session (compte);

create table jeton (
  id integer generated always as identity constraint jeton_identifie primary key,
  -- On whose behalf: it may do no more than this account.
  compte integer not null constraint jeton_compte_connu references compte on delete cascade,
  nom text not null,
  -- Its first letters, by which a person recognises it.
  prefixe text not null,
  empreinte bytea not null constraint jeton_unique unique,
  -- Null: every réseau of the account.
  reseau text constraint jeton_de_son_reseau references reseau on delete cascade,
  ecriture boolean not null default false,
  cree_le timestamptz not null default now(),
  expire_le timestamptz not null,
  revoque_le timestamptz,
  vu_le timestamptz
);
create index jeton_par_compte on jeton (compte);

-- One-time links, by which a password is chosen.
create table lien (
  empreinte bytea constraint lien_identifie primary key,
  compte integer not null constraint lien_compte_connu references compte on delete cascade,
  motif text not null constraint lien_motif_connu check (motif in ('invitation', 'reinitialisation')),
  cree_le timestamptz not null default now(),
  expire_le timestamptz not null,
  suivi_le timestamptz
);

-- Sign-ins that failed, by account and by address.
create table tentative (
  cle text not null,
  le timestamptz not null default now()
);
create index tentative_par_cle on tentative (cle, le);

-- What was written: who, when, from where, why, before and after.
create table journal (
  id bigint generated always as identity constraint journal_identifie primary key,
  le timestamptz not null default now(),
  compte integer,
  auteur text not null,
  origine text,
  motif text,
  reseau text,
  objet text not null,
  cle text,
  operation text not null,
  avant jsonb,
  apres jsonb
);
create index journal_par_reseau on journal (reseau, le);

-- Whether the partners of a réseau see each other's demandes: theme, fiche, year and state.
alter table reseau add column partenaires_se_voient boolean not null default false;

-- Who asks.

-- The account behind the principal, and to what it is limited. No row: the public, or nobody.
create function acces() returns table (compte integer, administrateur boolean, reseau text, ecriture boolean)
language sql stable security definer parallel safe
set search_path = public, pg_temp
as $$
  select c.id, c.administrateur, null, true
  from session s
  join compte c on c.id = s.compte
  where s.empreinte = case when principal() ~ '^session:[0-9a-f]{64}$'
      then decode(substr(principal(), 9), 'hex') end
    and s.expire_le > now() and c.desactive_le is null
  union all
  select c.id, c.administrateur, j.reseau, j.ecriture
  from jeton j
  join compte c on c.id = j.compte
  where j.empreinte = case when principal() ~ '^jeton:[0-9a-f]{64}$'
      then decode(substr(principal(), 7), 'hex') end
    and j.expire_le > now() and j.revoque_le is null and c.desactive_le is null
$$;

-- What the principal may do, réseau by réseau. An administrator coordinates them all.
create function mes_droits() returns table (reseau text, role text, partenaire text)
language sql stable security definer parallel safe
set search_path = public, pg_temp
as $$
  select d.reseau, d.role, d.partenaire
  from acces() a
  join droit d on d.compte = a.compte and (a.reseau is null or d.reseau = a.reseau)
  union all
  select r.code, 'coordinateur', null
  from acces() a
  join reseau r on a.administrateur and (a.reseau is null or r.code = a.reseau)
$$;

-- The same as policies ask it, once a statement. In PL/pgSQL, whose calls cost a tenth of those of SQL functions
-- that the planner cannot put in a query; and as lists, whose plan is a tenth of that of a sub-query.

-- Whether there is a principal at all.
create function connu() returns boolean
language plpgsql stable parallel safe
as $$ begin return principal() = 'public' or exists (select from acces()); end $$;

-- Réseaux where the principal has a right, and those that it coordinates.
create function mes_reseaux() returns text[]
language plpgsql stable parallel safe
as $$ begin return array(select m.reseau from mes_droits() m); end $$;
create function mes_coordinations() returns text[]
language plpgsql stable parallel safe
as $$ begin return array(select m.reseau from mes_droits() m where m.role = 'coordinateur'); end $$;

-- Partners that the principal speaks for, as `réseau/code`.
create function mes_partenaires() returns text[]
language plpgsql stable parallel safe
as $$
begin
  return array(select m.reseau || '/' || m.partenaire from mes_droits() m where m.role = 'partenaire');
end
$$;

-- Zones that the principal reads before they are validated.
create function mes_zones() returns integer[]
language plpgsql stable parallel safe
as $$ begin return array(select z.id from zone z where z.etat <> 'validee'); end $$;

-- Whether one of the partners of a row is the principal's.
create function est_des_miens(p_reseau text, p_partenaires text[], miens text[]) returns boolean
language sql immutable parallel safe
as $$ select exists (select from unnest(p_partenaires) p where p_reseau || '/' || p = any (miens)) $$;

-- Whether the principal may write at all: a token may be for reading.
create function peut_ecrire() returns boolean
language sql stable parallel safe
as $$ select coalesce((select a.ecriture from acces() a), false) $$;

-- What each may read. The table of SECURITY.md says the same in words.

drop policy lecture on reseau;
create policy lecture on reseau for select to maillage_service
  using ((public and (select connu())) or code = any ((select mes_reseaux())::text[]));

-- Facts that are counted are read with the réseau; the others by those who keep them.
drop policy lecture on demande;
create policy lecture on demande for select to maillage_service
  using ((comptee and reseau in (select r.code from reseau r))
    or reseau = any ((select mes_coordinations())::text[])
    or est_des_miens(reseau, partenaires, (select mes_partenaires())));
drop index demande_comptee_par_date;
create index demande_comptee_par_date on demande (reseau, date)
  include (maille, beneficiaire, millesime, themes, partenaires, comptee) where comptee;
revoke select on demande from maillage_service;
grant select (id, reseau, date, themes, partenaires, theme, partenaire, maille, beneficiaire, millesime, comptee,
  reponse, cloture) on demande to maillage_service;

-- What a demande says beside what is counted. Its text is for those who keep it; its fiche, level and state
-- are also for lecteurs, and for the other partners when the réseau says that they see each other.
create view demande_suivie with (security_barrier) as
select d.id, d.reseau, d.etat, d.fiche, d.niveau,
  case when s.sienne then d.reference end as reference,
  case when s.sienne then d.objet end as objet,
  case when s.sienne then d.suite end as suite,
  case when s.sienne then d.jours end as jours,
  case when s.sienne then d.origine end as origine
from demande d
cross join lateral (
  select d.reseau = any ((select mes_coordinations())::text[])
    or est_des_miens(d.reseau, d.partenaires, (select mes_partenaires())) as sienne
) s
where s.sienne
  or (d.comptee and (
    d.reseau in (select m.reseau from mes_droits() m where m.role = 'lecteur')
    or d.reseau in (
      select m.reseau
      from mes_droits() m
      join reseau r on r.code = m.reseau
      where m.role = 'partenaire' and r.partenaires_se_voient)));
grant select on demande_suivie to maillage_service;

drop policy lecture on zone;
create policy lecture on zone for select to maillage_service
  using ((etat = 'validee' and reseau in (select r.code from reseau r))
    or reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaire = any ((select mes_partenaires())::text[]));
drop policy lecture on zone_commune;
create policy lecture on zone_commune for select to maillage_service
  using ((publique and reseau in (select r.code from reseau r))
    or (not publique and zone = any ((select mes_zones())::integer[])));

create policy lecture on contact for select to maillage_service
  using (exists (
    select from demande_suivie d where d.id = contact.demande and d.origine is not null));
grant select on contact to maillage_service;
create policy lecture on doublon for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[]));
grant select on doublon to maillage_service;
create policy lecture on correspondance for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaire = any ((select mes_partenaires())::text[]));
grant select on correspondance to maillage_service;

drop policy lecture on synonyme;
create policy lecture on synonyme for select to maillage_service
  using ((select connu()) and (reseau is null or reseau in (select r.code from reseau r)));

-- Accounts: one's own; those with a right in a réseau, for its coordinators; all, for an administrator.
do $$
declare
  nom text;
begin
  foreach nom in array array['compte', 'droit', 'session', 'jeton', 'lien', 'tentative', 'journal'] loop
    execute format('alter table %I enable row level security', nom);
    execute format('alter table %I force row level security', nom);
    execute format(
      'create policy proprietaire on %I to current_user using (true) with check (true)', nom);
  end loop;
end
$$;
create policy lecture on compte for select to maillage_service
  using (id in (select a.compte from acces() a) or exists (select from acces() a where a.administrateur)
    or id in (select d.compte from droit d));
grant select (id, courriel, nom, administrateur, cree_le, connecte_le, desactive_le)
  on compte to maillage_service;
create policy lecture on droit for select to maillage_service
  using (compte in (select a.compte from acces() a)
    or reseau = any ((select mes_coordinations())::text[]));
grant select on droit to maillage_service;
create policy lecture on session for select to maillage_service
  using (compte in (select a.compte from acces() a));
grant select (id, compte, ouverte_le, vue_le, expire_le, navigateur, adresse) on session to maillage_service;
create policy lecture on jeton for select to maillage_service
  using (compte in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur));
grant select (id, compte, nom, prefixe, reseau, ecriture, cree_le, expire_le, revoque_le, vu_le)
  on jeton to maillage_service;
create policy lecture on journal for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[])
    or exists (select from acces() a where a.administrateur));
grant select on journal to maillage_service;

-- What each may write. A token for reading writes nothing.

create policy ajout on droit for insert to maillage_service
  with check ((select peut_ecrire())
    and reseau = any ((select mes_coordinations())::text[]));
create policy retrait on droit for delete to maillage_service
  using ((select peut_ecrire())
    and reseau = any ((select mes_coordinations())::text[]));
grant insert (compte, reseau, role, partenaire), delete on droit to maillage_service;
-- A session ends, and nothing else happens to it.
create policy retrait on session for delete to maillage_service
  using (compte in (select a.compte from acces() a));
grant delete on session to maillage_service;
-- A token is made by whoever it speaks for, who cannot give it more than they have.
create policy ajout on jeton for insert to maillage_service
  with check ((select peut_ecrire()) and principal() like 'session:%'
    and compte in (select a.compte from acces() a)
    and (reseau is null or reseau in (select r.code from reseau r)));
create policy changement on jeton for update to maillage_service
  using ((select peut_ecrire()) and (compte in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur)));
grant insert (compte, nom, prefixe, empreinte, reseau, ecriture, expire_le), update (revoque_le)
  on jeton to maillage_service;

-- Signing in, by functions alone: the service reads no secret. Each says who may go on, or nothing.

create function session_connue(p_empreinte bytea)
returns table (compte integer, courriel text, nom text, administrateur boolean)
language sql volatile security definer
set search_path = public, pg_temp
as $$
  -- A date to the minute is enough, and spares a write to each request.
  update session set vue_le = now() where empreinte = p_empreinte and vue_le < now() - interval '1 minute';
  select c.id, c.courriel, c.nom, c.administrateur
  from session s
  join compte c on c.id = s.compte
  where s.empreinte = p_empreinte and s.expire_le > now() and c.desactive_le is null
$$;

create function jeton_connu(p_empreinte bytea)
returns table (jeton integer, compte integer, courriel text, nom text, administrateur boolean)
language sql volatile security definer
set search_path = public, pg_temp
as $$
  update jeton set vu_le = now()
  where empreinte = p_empreinte and (vu_le is null or vu_le < now() - interval '1 minute');
  select j.id, c.id, c.courriel, c.nom, c.administrateur
  from jeton j
  join compte c on c.id = j.compte
  where j.empreinte = p_empreinte and j.expire_le > now() and j.revoque_le is null
    and c.desactive_le is null
$$;

create function compte_a_verifier(p_courriel text) returns table (compte integer, empreinte text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select id, empreinte
  from compte
  where courriel = lower(p_courriel) and empreinte is not null and desactive_le is null
$$;

-- Failures since a while ago, and when the first of those that count was.
create function tentatives(p_cle text, p_depuis interval) returns table (nombre bigint, premiere timestamptz)
language sql stable security definer
set search_path = public, pg_temp
as $$ select count(*), min(le) from tentative where cle = p_cle and le > now() - p_depuis $$;

create function noter_tentative(p_cles text[]) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $$
  delete from tentative where le < now() - interval '1 day';
  insert into tentative (cle) select unnest(p_cles);
$$;

create function ouvrir_session(
  p_compte integer, p_empreinte bytea, p_navigateur text, p_adresse inet, p_duree interval) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $$
  delete from session where expire_le < now();
  insert into session (compte, empreinte, navigateur, adresse, expire_le)
  values (p_compte, p_empreinte, left(p_navigateur, 200), p_adresse, now() + p_duree);
  update compte set connecte_le = now() where id = p_compte;
$$;

create function fermer_session(p_empreinte bytea) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $$ delete from session where empreinte = p_empreinte $$;

create function lien_connu(p_empreinte bytea) returns table (courriel text, nom text, motif text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select c.courriel, c.nom, l.motif
  from lien l
  join compte c on c.id = l.compte
  where l.empreinte = p_empreinte and l.expire_le > now() and l.suivi_le is null and c.desactive_le is null
$$;

-- A link serves once. Whoever chooses a password ends the sessions that are open under the former one.
create function suivre_lien(p_lien bytea, p_empreinte text) returns integer
language sql volatile security definer
set search_path = public, pg_temp
as $$
  with suivi as (
    update lien l set suivi_le = now()
    from compte c
    where l.empreinte = p_lien and l.expire_le > now() and l.suivi_le is null
      and c.id = l.compte and c.desactive_le is null
    returning l.compte
  ),
  fermees as (delete from session where compte in (select compte from suivi))
  update compte set empreinte = p_empreinte where id in (select compte from suivi) returning id
$$;

-- The account of somebody whom a provider vouches for: that of the same name there, else the one that was made for
-- this address, else a new one, without any right. Null: it is closed, or belongs to another name there.
create function compte_externe(
  p_fournisseur text, p_sujet text, p_courriel text, p_nom text, p_siret text) returns integer
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  connu compte;
begin
  select * into connu from compte where fournisseur = p_fournisseur and sujet = p_sujet;
  if not found then
    insert into compte (courriel, nom) values (lower(p_courriel), p_nom) on conflict (courriel) do nothing;
    update compte set fournisseur = p_fournisseur, sujet = p_sujet
    where courriel = lower(p_courriel) and sujet is null and desactive_le is null
    returning * into connu;
  end if;
  if connu.id is null or connu.desactive_le is not null then
    return null;
  end if;
  update compte set siret = p_siret where id = connu.id and siret is distinct from p_siret;
  return connu.id;
end
$$;

-- People whose body, by the first nine digits of its siret, is a partner of a réseau that the principal
-- coordinates, and who have no right there yet: a right that the coordinator may confirm.
create function acces_proposes()
returns table (courriel text, nom text, reseau text, partenaire text, partenaire_nom text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select c.courriel, c.nom, p.reseau, p.code, o.nom
  from compte c
  join organisme o on o.siren = left(c.siret, 9)
  join partenaire p on p.organisme = o.code
  where p.reseau = any (mes_coordinations()) and c.desactive_le is null and c.sujet is not null
    and not exists (select from droit d where d.compte = c.id and d.reseau = p.reseau)
  order by c.nom, p.reseau
$$;

-- A coordinator invites: the account is made if it is not there, and has the right. True when the link is to be
-- followed: only for somebody without a password yet, and whose rights are all the coordinator's to give, or else
-- whoever invites could take the account.
create function inviter(
  p_courriel text, p_nom text, p_reseau text, p_role text, p_partenaire text, p_lien bytea) returns boolean
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  invite compte;
begin
  if not peut_ecrire() or not exists (
    select from mes_droits() m where m.role = 'coordinateur' and m.reseau = p_reseau)
  then
    raise insufficient_privilege using message = 'Seul un coordinateur du réseau y invite.';
  end if;
  insert into compte (courriel, nom) values (lower(p_courriel), p_nom) on conflict (courriel) do nothing;
  select * into invite from compte where courriel = lower(p_courriel);
  insert into droit (compte, reseau, role, partenaire)
  values (invite.id, p_reseau, p_role, p_partenaire)
  on conflict do nothing;
  if invite.empreinte is not null or invite.sujet is not null or invite.administrateur
    or invite.desactive_le is not null or exists (
      select from droit d where d.compte = invite.id and d.reseau <> all (mes_coordinations()))
  then
    return false;
  end if;
  update lien set expire_le = now() where compte = invite.id and suivi_le is null and expire_le > now();
  insert into lien (compte, empreinte, motif, expire_le)
  values (invite.id, p_lien, 'invitation', now() + interval '3 days');
  return true;
end
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'session_connue(bytea)', 'jeton_connu(bytea)', 'compte_a_verifier(text)', 'tentatives(text, interval)',
    'noter_tentative(text[])', 'ouvrir_session(integer, bytea, text, inet, interval)', 'lien_connu(bytea)',
    'fermer_session(bytea)', 'suivre_lien(bytea, text)', 'inviter(text, text, text, text, text, bytea)',
    'compte_externe(text, text, text, text, text)', 'acces_proposes()']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
    execute format('grant execute on function %s to maillage_service', fonction);
  end loop;
end
$$;

-- The journal: written by triggers alone, so that no code forgets it. The arguments of a trigger name the columns
-- that it must not hold.

create function auteur(out compte integer, out auteur text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select a.compte, coalesce(c.courriel, nullif(principal(), ''), 'commande')
  from (select) seule
  left join acces() a on true
  left join compte c on c.id = a.compte
$$;

create function journaliser() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
  ancien jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  nouveau jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  ligne jsonb := coalesce(nouveau, ancien);
begin
  if tg_op = 'UPDATE' then
    -- What has not changed is not repeated.
    select jsonb_object_agg(key, value), jsonb_object_agg(key, nouveau -> key)
    into ancien, nouveau
    from jsonb_each(ancien)
    where value is distinct from nouveau -> key;
    if nouveau is null then
      return null;
    end if;
  end if;
  insert into journal (compte, auteur, origine, motif, reseau, objet, cle, operation, avant, apres)
  select a.compte, a.auteur, nullif(current_setting('maillage.origine', true), ''),
    nullif(current_setting('maillage.motif', true), ''),
    case tg_table_name when 'reseau' then ligne ->> 'code' else ligne ->> 'reseau' end, tg_table_name,
    coalesce(ligne ->> 'id', ligne ->> 'code', ligne ->> 'partenaire'), lower(tg_op),
    ancien - tg_argv, nouveau - tg_argv
  from auteur() a;
  return null;
end
$$;

-- The same for tables that are loaded by thousands: a large load, or removal, is one line that counts its rows.
create function journaliser_en_nombre() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
  nombre bigint := (select count(*) from lignes);
begin
  insert into journal (compte, auteur, origine, motif, reseau, objet, cle, operation, avant, apres)
  select a.compte, a.auteur, nullif(current_setting('maillage.origine', true), ''),
    nullif(current_setting('maillage.motif', true), ''), n.reseau, tg_table_name, n.cle, lower(tg_op),
    case tg_op when 'DELETE' then n.ligne end, case tg_op when 'INSERT' then n.ligne end
  from auteur() a
  cross join lateral (
    select l.reseau, to_jsonb(l) ->> 'id' as cle, to_jsonb(l) - tg_argv as ligne
    from lignes l
    where nombre <= 100
    union all
    select l.reseau, null, jsonb_build_object('lignes', count(*))
    from lignes l
    where nombre > 100
    group by l.reseau
  ) n;
  return null;
end
$$;

do $$
declare
  nom text;
begin
  foreach nom in array array[
    'reseau', 'partenaire', 'theme', 'fiche', 'declaration', 'zone', 'doublon', 'compte', 'droit', 'jeton',
    'lien']
  loop
    execute format(
      'create trigger journal after insert or update or delete on %I
       for each row execute function journaliser(%s)', nom,
      '''empreinte'', ''recherche'', ''surface''');
  end loop;
  create trigger journal after insert or delete on session
    for each row execute function journaliser('empreinte');
  foreach nom in array array['demande', 'contact'] loop
    execute format(
      'create trigger journal after update on %1$I for each row execute function journaliser(%2$s);
       create trigger journal_des_ajouts after insert on %1$I referencing new table as lignes
       for each statement execute function journaliser_en_nombre(%2$s);
       create trigger journal_des_retraits after delete on %1$I referencing old table as lignes
       for each statement execute function journaliser_en_nombre(%2$s)', nom,
      '''nom'', ''fonction'', ''courriel'', ''telephone''');
  end loop;
end
$$;

-- What was kept ready for somebody goes when their rights change.
create function oublier_les_reponses() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  perform annoncer_changement();
  return null;
end
$$;
create trigger droits_changes after insert or update or delete on droit
  for each statement execute function oublier_les_reponses();
create trigger comptes_changes after update of administrateur, desactive_le on compte
  for each statement execute function oublier_les_reponses();
