-- Whoever finds help on a page asks for it there, without an account. What is asked arrives in the state `recue`: it is
-- for the partner and the coordinator to qualify, and counts nowhere until they have.

-- The rule of the statistics is now a trigger's: the expression of a generated column cannot be changed without all that
-- reads the column being made again.
alter table demande
  drop constraint demande_etat_connu,
  add constraint demande_etat_connu check (
    etat in ('recue', 'brouillon', 'en_cours', 'terminee', 'abandonnee', 'refusee', 'test')),
  alter column comptee drop expression if exists;

create function compter_la_demande() returns trigger
language plpgsql
as $$
begin
  new.comptee := new.etat not in ('recue', 'brouillon', 'refusee', 'test') and new.fusionnee is null;
  return new;
end
$$;
create trigger comptage before insert or update on demande
  for each row execute function compter_la_demande();

-- The secret links by which a demande is followed: hashes. A demande that is sent twice has two.
create table suivi (
  empreinte bytea constraint suivi_identifie primary key,
  demande bigint not null constraint suivi_demande_connue references demande on delete cascade,
  cree_le timestamptz not null default now()
);
create index suivi_par_demande on suivi (demande);
alter table suivi enable row level security;
alter table suivi force row level security;
create policy proprietaire on suivi to current_user using (true) with check (true);
comment on table suivi is '{"titre": "Liens de suivi des demandes en ligne", "finalite": "Laisser qui a demandé de l''aide voir où en est sa demande, sans compte.", "lecteurs": "Qui a le lien.", "duree": "Aussi longtemps que la personne à joindre de la demande."}';
comment on column suivi.empreinte is 'Empreinte du lien, dont il ne se retrouve pas';
comment on column suivi.cree_le is 'Jour de la demande';
comment on table tentative is '{"titre": "Connexions manquées", "finalite": "Freiner qui devine des mots de passe, ou envoie des demandes sans fin.", "lecteurs": "Personne.", "duree": "Un jour."}';
comment on column tentative.cle is 'Compte visé, adresse IP, adresse électronique ou commune au nom de qui une demande est faite';

-- What is forgotten of a person is not followed any more.
create function oublier_le_suivi() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  delete from suivi s
  where s.demande = old.demande and not exists (select from contact c where c.demande = old.demande);
  return null;
end
$$;
create trigger suivi_oublie after delete on contact
  for each row execute function oublier_le_suivi();

create sequence demande_en_ligne_numero;

-- Takes a demande that anybody sends from a page, whom to call back, and the hash of the link that follows it. Without a
-- partner, it is for whoever coordinates the réseau. The same one sent again within a day is not a second demande.
-- Returns its reference.
create function recevoir_demande(
  p_reseau text, p_partenaire text, p_theme text, p_fiche text, p_maille text, p_beneficiaire text, p_objet text,
  p_nom text, p_fonction text, p_courriel text, p_telephone text, p_empreinte bytea) returns text
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  du_jour smallint := (select e.millesime from edition_dessinee() e);
  mene text := coalesce(p_partenaire, (
    select p.code from partenaire p where p.reseau = p_reseau order by p.role <> 'coordinateur', p.rang limit 1));
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
    or not exists (select from partenaire p where p.reseau = p_reseau and p.code = mene)
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
    -- Those who keep it are answered anew.
    perform annoncer_changement();
  end if;
  insert into suivi (empreinte, demande) values (p_empreinte, numero);
  return nom_de_la_demande;
end
$$;

-- What whoever has the link reads of a demande; of one that was found to be another, the state of that one.
create function demande_suivie_par_lien(p_empreinte bytea)
returns table (
  reseau text, reseau_nom text, demonstration boolean, mention text, reference text, etat text, date date, reponse date,
  cloture date, theme text, fiche text, partenaires jsonb, maille text, code text)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select r.code, r.nom, r.demonstration, r.mention, d.reference, vue.etat, d.date, vue.reponse, vue.cloture, t.libelle,
    f.titre,
    (select jsonb_agg(jsonb_build_object('code', p.code, 'nom', o.nom, 'courriel', p.courriel, 'telephone', p.telephone)
        order by array_position(vue.partenaires, p.code))
     from partenaire p join organisme o on o.code = p.organisme
     where p.reseau = d.reseau and p.code = any (vue.partenaires)),
    d.maille, d.beneficiaire
  from suivi s
  join demande d on d.id = s.demande
  join demande vue on vue.id = coalesce(d.fusionnee, d.id)
  join reseau r on r.code = d.reseau
  join theme t on t.reseau = d.reseau and t.code = d.theme
  left join fiche f on f.reseau = d.reseau and f.code = d.fiche
  where s.empreinte = p_empreinte
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'compter_la_demande()', 'oublier_le_suivi()',
    'recevoir_demande(text, text, text, text, text, text, text, text, text, text, text, bytea)',
    'demande_suivie_par_lien(bytea)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
  end loop;
  grant execute on function
    recevoir_demande(text, text, text, text, text, text, text, text, text, text, text, bytea),
    demande_suivie_par_lien(bytea)
    to maillage_service;
end
$$;
