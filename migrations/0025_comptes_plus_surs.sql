-- What a review of rights found: links that outlived what they were for, functions of triggers that anybody could
-- attach, and a journal that kept, or told, more than it should.

-- Whoever chooses a password ends the sessions that are open under the former one, and every other link.
create or replace function suivre_lien(p_lien bytea, p_empreinte text) returns integer
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
  perimes as (
    update lien set expire_le = now()
    where compte in (select compte from suivi) and empreinte <> p_lien and expire_le > now() and suivi_le is null
  ),
  fermees as (delete from session where compte in (select compte from suivi))
  update compte set empreinte = p_empreinte where id in (select compte from suivi) returning id
$$;

-- A provider that vouches for an address ends what was chosen before by a link that anybody may have followed: the
-- password and the links. It opens no administrator's account by its address alone.
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
    insert into compte (courriel, nom) values (lower(p_courriel), p_nom) on conflict (courriel) do nothing;
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

-- A right in another réseau ends the links that the first who invited may have kept.
create function perimer_les_invitations() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  update lien l set expire_le = now()
  where l.compte = new.compte and l.suivi_le is null and l.expire_le > now()
    and exists (select from droit d where d.compte = new.compte and d.reseau <> new.reseau);
  return null;
end
$$;
create trigger invitations_perimees after insert on droit
  for each row execute function perimer_les_invitations();

-- A try that succeeded is not one that failed: the newest of each key is taken back.
create function rendre_tentative(p_cles text[]) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $$
  delete from tentative
  where ctid in (
    select distinct on (t.cle) t.ctid from tentative t where t.cle = any (p_cles) order by t.cle, t.le desc)
$$;
revoke all on function rendre_tentative(text[]) from public;
grant execute on function rendre_tentative(text[]) to maillage_service;

-- A token limited to a réseau is no administrator's outside of it, and one for reading ends no session.
alter policy lecture on compte
  using (id in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur and a.reseau is null)
    or id in (select d.compte from droit d));
alter policy lecture on jeton
  using (compte in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur and a.reseau is null));
alter policy lecture on journal
  using (reseau = any ((select mes_coordinations())::text[])
    or exists (select from acces() a where a.administrateur and a.reseau is null));
alter policy retrait on session
  using ((select peut_ecrire()) and compte in (select a.compte from acces() a));
alter policy changement on jeton
  using ((select peut_ecrire()) and (compte in (select a.compte from acces() a)
    or exists (select from acces() a where a.administrateur and a.reseau is null)))
  with check (revoque_le is not null);

-- The journal. What is done without a principal and without a command's origin is somebody signing in: it is theirs.
-- Tokens are for whoever they speak for and administrators: no réseau's coordinators read of them.
create or replace function journaliser() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
  ancien jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  nouveau jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  ligne jsonb := coalesce(nouveau, ancien);
  lieu text := nullif(current_setting('maillage.origine', true), '');
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
  select coalesce(a.compte, soi.id), coalesce(soi.courriel, a.auteur), lieu,
    nullif(current_setting('maillage.motif', true), ''),
    case tg_table_name when 'reseau' then ligne ->> 'code' when 'jeton' then null else ligne ->> 'reseau' end,
    tg_table_name, coalesce(ligne ->> 'id', ligne ->> 'code', ligne ->> 'partenaire'), lower(tg_op),
    ancien - tg_argv, nouveau - tg_argv
  from auteur() a
  left join compte soi
    on a.compte is null and lieu is null and tg_table_name in ('session', 'compte', 'lien')
    and soi.id = coalesce(ligne ->> 'compte', ligne ->> 'id')::integer;
  return null;
end
$$;

-- Where and with what people sign in is kept as long as the session, and what they call their tokens as long as these.
drop trigger journal on session;
create trigger journal after insert or delete on session
  for each row execute function journaliser('empreinte', 'adresse', 'navigateur');
drop trigger journal on jeton;
create trigger journal after insert or update or delete on jeton
  for each row execute function journaliser('empreinte', 'nom', 'prefixe');
update journal
set avant = avant - '{adresse,navigateur,nom,prefixe}'::text[], apres = apres - '{adresse,navigateur,nom,prefixe}'::text[],
  reseau = null
where objet in ('session', 'jeton');

-- Functions of triggers serve those alone: whoever may make a temporary table could else attach them to it.
do $$
declare
  fonction regprocedure;
begin
  for fonction in
    select p.oid::regprocedure
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prorettype = 'trigger'::regtype
      and p.proowner = current_user::regrole
  loop
    execute format('revoke all on function %s from public', fonction);
  end loop;
  execute format('grant temporary on database %I to %I', current_database(), current_user);
  execute format('revoke temporary on database %I from public', current_database());
exception
  when insufficient_privilege then
    raise notice 'La base n''appartient pas au rôle % : son propriétaire peut y révoquer TEMPORARY de PUBLIC.', current_user;
end
$$;
