-- What commands of the owner could not read, what coordinators could not, and who is asked when nobody is named.

-- The owner of the tables reads what is told of every demande: reminders are prepared by a command. Whoever asks, and
-- not whose view it is: the service, and functions that it calls, are told what their principal may read.
create function est_proprietaire() returns boolean
language sql stable
as $$
  select current_user = pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'demande'::regclass
$$;
create or replace view demande_suivie with (security_barrier) as
select d.id, d.reseau, d.etat, d.fiche, d.niveau,
  case when s.sienne then d.reference end as reference,
  case when s.sienne then d.objet end as objet,
  case when s.sienne then d.suite end as suite,
  case when s.sienne then d.jours end as jours,
  case when s.sienne then d.origine end as origine,
  case when s.sienne then d.revision end as revision
from demande d
cross join lateral (
  select d.reseau = any ((select mes_coordinations())::text[])
    or est_des_miens(d.reseau, d.partenaires, (select mes_partenaires()))
    or (select est_proprietaire()) as sienne
) s
where s.sienne
  or (d.comptee and (
    d.reseau in (select m.reseau from mes_droits() m where m.role = 'lecteur')
    or d.reseau in (
      select m.reseau
      from mes_droits() m
      join reseau r on r.code = m.reseau
      where m.role = 'partenaire' and r.partenaires_se_voient)));

-- A body (`organisme`) is of no réseau: what is written of it is a line in the journal of each that has it as a member,
-- and of the one on whose behalf it is written, which may not have it yet.
create function reseaux_de_l_organisme(p_code text) returns text[]
language sql stable security definer
set search_path = public, pg_temp
as $$
  with concernes as (
    select p.reseau from partenaire p where p.organisme = p_code
    union
    select r.code from reseau r where r.code = current_setting('maillage.reseau_concerne', true)
    union
    -- Without SIREN, it is the body of one membership.
    select r.code from reseau r where r.code = split_part(p_code, '/', 1) and p_code like '%/%'
  )
  select coalesce(nullif(array(select c.reseau from concernes c order by 1), '{}'), array[null::text])
$$;
revoke all on function reseaux_de_l_organisme(text) from public;

-- A trigger without arguments has none to leave out, and its line said nothing of the row.
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
    nullif(current_setting('maillage.motif', true), ''), c.reseau,
    tg_table_name, coalesce(ligne ->> 'id', ligne ->> 'code', ligne ->> 'partenaire'), lower(tg_op),
    ancien - coalesce(tg_argv, '{}'), nouveau - coalesce(tg_argv, '{}')
  from auteur() a
  left join compte soi
    on a.compte is null and lieu is null and tg_table_name in ('session', 'compte', 'lien', 'droit')
    and soi.id = coalesce(ligne ->> 'compte', ligne ->> 'id')::integer
  cross join lateral unnest(case tg_table_name
    when 'organisme' then reseaux_de_l_organisme(ligne ->> 'code')
    when 'reseau' then array[ligne ->> 'code']
    -- Who is invited, and by which link, is told by the line of their right.
    when 'jeton' then array[null::text]
    when 'lien' then array[null::text]
    else array[ligne ->> 'reseau']
  end) c (reseau);
  return null;
end
$$;
create or replace function journaliser_en_nombre() returns trigger
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
    select l.reseau, to_jsonb(l) ->> 'id' as cle, to_jsonb(l) - coalesce(tg_argv, '{}') as ligne
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

update journal j
set reseau = c.reseaux[1]
from (select distinct cle, reseaux_de_l_organisme(cle) as reseaux from journal where objet = 'organisme') c
where j.objet = 'organisme' and j.reseau is null and j.cle = c.cle and cardinality(c.reseaux) = 1
  and c.reseaux[1] is not null;

create or replace function inscrire_organisme(
  p_reseau text, p_partenaire text, p_siren text, p_nom text, p_sigle text, p_type text) returns text
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  numero text := coalesce(p_siren, p_reseau || '/' || p_partenaire);
begin
  if not peut_ecrire() or p_reseau <> all (mes_coordinations()) then
    raise insufficient_privilege using message = 'Seul un coordinateur du réseau change ses partenaires.';
  end if;
  perform set_config('maillage.reseau_concerne', p_reseau, true);
  insert into organisme as o (code, siren, nom, sigle, type)
  values (numero, p_siren, p_nom, p_sigle, p_type)
  on conflict (code) do update set nom = excluded.nom, sigle = excluded.sigle, type = excluded.type
  where not exists (select from partenaire p where p.organisme = o.code and p.reseau <> p_reseau);
  return numero;
end
$$;

create or replace function oublier_organismes() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  perform set_config('maillage.reseau_concerne', old.reseau, true);
  delete from organisme o
  where o.code = old.organisme and not exists (select from partenaire p where p.organisme = o.code);
  return null;
end
$$;

-- A demande without a partner goes to whoever coordinates the réseau today; without one, its sender names a member.
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
    where p.reseau = p_reseau and p.role = 'coordinateur'
      and current_date between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
    order by p.rang
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
