-- What a reading of rights by somebody else found.

-- People whose body, by the first nine digits of its siret, is a partner of a réseau that the principal coordinates:
-- those who have no right anywhere. Whoever belongs to another réseau is invited, and accepts: or else a coordinator
-- would learn who they are by typing the SIREN of their body.
create or replace function acces_proposes()
returns table (courriel text, nom text, reseau text, partenaire text, partenaire_nom text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select c.courriel, c.nom, p.reseau, p.code, o.nom
  from compte c
  join organisme o on o.siren = left(c.siret, 9)
  join partenaire p on p.organisme = o.code
  where p.reseau = any (mes_coordinations()) and c.desactive_le is null and c.sujet is not null
    and not exists (select from droit d where d.compte = c.id)
  order by c.nom, p.reseau
$$;

-- Reminders go with the last right that they were about, and are part of what is held about a person.
create function oublier_les_rappels() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  delete from rappel r
  where r.compte = old.compte and r.reseau = old.reseau
    and not exists (
      select from droit d where d.compte = r.compte and d.reseau = r.reseau and d.role <> 'lecteur');
  return null;
end
$$;
revoke all on function oublier_les_rappels() from public;
create trigger rappels_sans_droit after delete on droit for each row execute function oublier_les_rappels();

-- Every write leaves its line. Of the units of zones, those of the service: a folder says its zones whole.
create trigger journal_des_ajouts after insert on zone_unite referencing new table as lignes
  for each statement when (principal() <> '') execute function journaliser_en_nombre();
create trigger journal_des_retraits after delete on zone_unite referencing old table as lignes
  for each statement when (principal() <> '') execute function journaliser_en_nombre();
create trigger journal after insert on livraison for each row execute function journaliser();
create trigger journal after insert or delete on rappel for each row execute function journaliser();

-- A demande without a partner goes to a member of today, whoever coordinates first. Nothing that the public reads has
-- changed, and those who keep it are answered anew each time: no service forgets what it keeps ready.
create or replace function recevoir_demande(
  p_reseau text, p_partenaire text, p_theme text, p_fiche text, p_maille text, p_beneficiaire text, p_objet text,
  p_nom text, p_fonction text, p_courriel text, p_telephone text, p_empreinte bytea) returns text
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  du_jour smallint := (select e.millesime from edition_dessinee() e);
  mene text := coalesce(p_partenaire, (
    select p.code from partenaire p
    where p.reseau = p_reseau
      and current_date between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
    order by p.role <> 'coordinateur', p.rang
    limit 1));
  numero bigint;
  nom_de_la_demande text;
begin
  -- Only where the principal reads, for a place that the réseau serves, and within bounds, whoever calls.
  if not connu()
    or not exists (
      select from reseau r where r.code = p_reseau and (r.public or r.code = any (mes_reseaux())))
    or not exists (
      select from perimetre_actuel p
      where p.reseau = p_reseau and p.millesime = du_jour and p.maille::text = p_maille
        and p.code = p_beneficiaire)
    or p_maille not in ('commune', 'epci')
    or not exists (
      select from partenaire p
      where p.reseau = p_reseau and p.code = mene
        and current_date between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity'))
    or not exists (select from theme t where t.reseau = p_reseau and t.code = p_theme)
    or (p_fiche is not null and not exists (
      select from fiche f where f.reseau = p_reseau and f.code = p_fiche))
    or char_length(p_objet) not between 1 and 2000
    or char_length(p_nom) not between 1 and 100
    or char_length(p_fonction) > 100
    or char_length(p_courriel) not between 3 and 254
    or char_length(p_telephone) > 30
    or octet_length(p_empreinte) <> 32
  then
    raise insufficient_privilege using message = 'Cette demande ne peut pas être reçue.';
  end if;
  select d.id, d.reference into numero, nom_de_la_demande
  from demande d
  join contact c on c.demande = d.id and lower(c.courriel) = lower(p_courriel)
  where d.reseau = p_reseau and d.origine = 'en_ligne' and d.etat = 'recue' and d.date >= current_date - 1
    and d.maille = p_maille and d.beneficiaire = p_beneficiaire and d.partenaire = mene and d.theme = p_theme
    and d.objet = p_objet
  limit 1;
  if not found then
    nom_de_la_demande := format('EL-%s-%s', extract(year from current_date),
      lpad(nextval('demande_en_ligne_numero')::text, 5, '0'));
    insert into demande (
      reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat, origine)
    values (p_reseau, nom_de_la_demande, current_date, array[p_theme], array[mene], p_maille, p_beneficiaire, du_jour,
      p_fiche, p_objet, 'recue', 'en_ligne')
    returning id into numero;
    insert into contact (reseau, demande, nom, fonction, courriel, telephone, recueilli_le)
    values (p_reseau, numero, p_nom, p_fonction, p_courriel, p_telephone, current_date);
  end if;
  insert into suivi (empreinte, demande) values (p_empreinte, numero);
  return nom_de_la_demande;
end
$$;

-- With reminders.
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
    'rappels', (select coalesce(jsonb_agg(to_jsonb(r) - 'compte' order by r.reseau), '[]')
      from rappel r join sien c on c.id = r.compte),
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
