-- Several réseaux may invite the same new address, before it has a password. Each has a link of its own: the first that
-- is followed chooses the password, and accepts what its réseau offers, and that alone; whoever has the password then
-- follows the others signed in, and accepts each. So whoever was shown one link, and follows it in place of the person,
-- takes nothing of what another réseau offers.

-- By whom the link was asked for; null: by whoever administers, or by the holder of the account.
alter table lien
  add column reseau text constraint lien_de_son_reseau references reseau on delete cascade;
comment on column lien.reseau is 'Réseau qui invite';
-- Until now one réseau alone could be waited for.
update lien l
set reseau = (select min(d.reseau) from droit d where d.compte = l.compte and d.accepte_le is null)
where l.motif in ('invitation', 'acces') and l.suivi_le is null;

-- A right that is given, not offered, in another réseau ends the links that those who invited may have kept.
create or replace function perimer_les_invitations() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  update lien l set expire_le = now()
  where l.compte = new.compte and l.motif = 'invitation' and l.suivi_le is null and l.expire_le > now()
    and case
      when l.reseau is not null then l.reseau <> new.reseau
      else exists (select from droit d where d.compte = new.compte and d.reseau <> new.reseau)
    end;
  return null;
end
$$;
drop trigger invitations_perimees on droit;
create trigger invitations_perimees after insert on droit
  for each row when (new.accepte_le is not null) execute function perimer_les_invitations();

-- An offer that is taken back, or refused, takes its link with it.
create function retirer_le_lien() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  delete from lien l
  where l.compte = old.compte and l.reseau = old.reseau and l.suivi_le is null
    and not exists (
      select from droit d
      where d.compte = old.compte and d.reseau = old.reseau and d.accepte_le is null);
  return null;
end
$$;
revoke all on function retirer_le_lien() from public;
create trigger lien_retire after delete on droit
  for each row when (old.accepte_le is null) execute function retirer_le_lien();

-- Whether what a réseau offers the principal is accepted by following its link, and not otherwise: it was offered
-- before the account had a password, which whoever was shown another réseau's link may have chosen. A provider that
-- vouches for the address settles it.
create function offre_par_lien(p_compte integer, p_reseau text) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$
  select exists (
    select
    from acces() a
    join compte c on c.id = a.compte and c.sujet is null
    join lien l on l.compte = c.id and l.reseau = p_reseau and l.motif = 'invitation' and l.suivi_le is null
    where a.compte = p_compte)
$$;

create or replace function mes_offres()
returns table (id integer, reseau text, reseau_nom text, role text, partenaire_nom text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select d.id, d.reseau, r.nom, d.role, o.nom
  from acces() a
  join droit d on d.compte = a.compte and d.accepte_le is null and a.reseau is null
  join reseau r on r.code = d.reseau
  left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
  left join organisme o on o.code = p.organisme
  where not offre_par_lien(d.compte, d.reseau)
  order by r.nom, d.role, o.nom
$$;
alter policy changement on droit
  using (accepte_le is null and principal() like 'session:%' and compte in (select a.compte from acces() a)
    and not offre_par_lien(compte, reseau));

-- What the holder of an account, signed in, accepts by a link.
create function offres_du_lien(p_lien bytea) returns table (reseau_nom text, role text, partenaire_nom text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select r.nom, d.role, o.nom
  from lien l
  join acces() a on a.compte = l.compte and principal() like 'session:%'
  join droit d on d.compte = l.compte and d.reseau = l.reseau and d.accepte_le is null
  join reseau r on r.code = d.reseau
  left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
  left join organisme o on o.code = p.organisme
  where l.empreinte = p_lien and l.expire_le > now() and l.suivi_le is null
  order by d.role, o.nom
$$;
create function accepter_par_lien(p_lien bytea) returns boolean
language sql volatile security definer
set search_path = public, pg_temp
as $$
  with suivi as (
    update lien l set suivi_le = now()
    from acces() a
    where l.empreinte = p_lien and l.compte = a.compte and principal() like 'session:%' and l.reseau is not null
      and l.expire_le > now() and l.suivi_le is null
    returning l.compte, l.reseau
  ),
  acceptes as (
    update droit d set accepte_le = now()
    from suivi s
    where d.compte = s.compte and d.reseau = s.reseau and d.accepte_le is null
  )
  select exists (select from suivi)
$$;

-- A link chooses a password; that of a réseau, the first one alone, and accepts what the réseau offers. Null when it
-- does not: `acces` links lead to signing in, and so do those of a réseau once there is a password.
create or replace function suivre_lien(p_lien bytea, p_empreinte text) returns integer
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  suivi lien;
  sien compte;
begin
  select l.* into suivi from lien l
  where l.empreinte = p_lien and l.expire_le > now() and l.suivi_le is null
  for update;
  if not found then
    return null;
  end if;
  if suivi.motif = 'acces' then
    update lien set suivi_le = now() where empreinte = p_lien;
    return null;
  end if;
  -- Two links that are followed at once take turns.
  select c.* into sien from compte c where c.id = suivi.compte for update;
  if sien.desactive_le is not null
    or suivi.reseau is not null and (sien.empreinte is not null or sien.sujet is not null)
  then
    return null;
  end if;
  update lien set suivi_le = now() where empreinte = p_lien;
  update lien set expire_le = now()
  where compte = sien.id and reseau is null and suivi_le is null and expire_le > now();
  if suivi.reseau is null then
    -- Whoever administers, or the mail of the address, vouches for the person: what is offered is accepted in their space.
    delete from lien where compte = sien.id and reseau is not null and suivi_le is null;
  else
    update droit set accepte_le = now()
    where compte = sien.id and reseau = suivi.reseau and accepte_le is null;
  end if;
  delete from session where compte = sien.id;
  update compte set empreinte = p_empreinte where id = sien.id;
  return sien.id;
end
$$;

create or replace function inviter(
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
  -- Two who invite at once take turns: the second sees what the first offered.
  select * into invite from compte where courriel = lower(p_courriel) for update;
  suite := case
    when exists (
      select from droit d where d.compte = invite.id and d.reseau = p_reseau and d.accepte_le is not null)
      or exists (
        select from acces_proposes() a
        where a.courriel = invite.courriel and a.reseau = p_reseau and p_role = 'partenaire'
          and a.partenaire = p_partenaire) then 'donne'
    when invite.empreinte is not null or invite.sujet is not null or invite.administrateur
      or invite.desactive_le is not null or exists (
        select from droit d
        where d.compte = invite.id and d.accepte_le is not null and d.reseau <> all (mes_coordinations())) then 'acces'
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
  -- One link of a réseau serves at a time.
  delete from lien where compte = invite.id and reseau = p_reseau and suivi_le is null;
  insert into lien (compte, empreinte, motif, nom, reseau, expire_le)
  values (invite.id, p_lien, case suite when 'lien' then 'invitation' else 'acces' end, p_nom, p_reseau,
    now() + interval '3 days');
  return suite;
end
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'offre_par_lien(integer, text)', 'offres_du_lien(bytea)', 'accepter_par_lien(bytea)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
    execute format('grant execute on function %s to maillage_service', fonction);
  end loop;
end
$$;
