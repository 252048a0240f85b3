-- A coordinator keeps the réseau from pages: what it says of itself, its partners, its themes and its fiches. The
-- policies below say what may be written; pages only ask for it.

-- Where a row comes from: the réseau's folder, or the pages. A folder that is loaded again does not write over what
-- the pages changed, and says so: the rule that zones and demandes already have. The links of a partner (themes,
-- declarations) and of a fiche (themes, partners) follow the row that they belong to.
do $$
declare
  nom text;
begin
  foreach nom in array array['reseau', 'partenaire', 'theme', 'fiche'] loop
    execute format(
      'alter table %1$I add column origine text not null default ''dossier''
         constraint %1$s_origine_connue check (origine in (''dossier'', ''page''))', nom);
  end loop;
end
$$;

-- A theme or a fiche that is no longer offered ends, and stays for what was counted under it.
alter table theme add column fin date;
alter table fiche add column fin date;

-- The words that each is found by follow what it says, whoever writes it.
create function mots_du_partenaire() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  new.recherche := (
    select setweight(to_tsvector('francais', concat_ws(' ', o.nom, o.sigle)), 'C')
      || setweight(to_tsvector('francais', coalesce(new.description, '')), 'D')
    from organisme o
    where o.code = new.organisme);
  return new;
end
$$;
create trigger mots before insert or update on partenaire
  for each row execute function mots_du_partenaire();

create function mots_du_theme() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  new.recherche := setweight(to_tsvector('francais', new.libelle), 'A')
    || setweight(to_tsvector('francais', array_to_string(new.mots_cles, ' ; ')), 'B');
  return new;
end
$$;
create trigger mots before insert or update on theme
  for each row execute function mots_du_theme();

create function mots_de_la_fiche() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  new.recherche := setweight(to_tsvector('francais', new.titre), 'A')
    || setweight(to_tsvector('francais', array_to_string(new.mots_cles, ' ; ')), 'B')
    || setweight(to_tsvector('francais', coalesce(new.description, '')), 'D');
  return new;
end
$$;
create trigger mots before insert or update on fiche
  for each row execute function mots_de_la_fiche();

-- What still names a partner, a theme or a fiche: it then ends, and is not taken away.
create function citations(p_reseau text, p_objet text, p_code text)
returns table (zones bigint, demandes bigint, droits bigint, fiches bigint, partenaires bigint, themes bigint)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select
    (select count(*) from zone z
     where z.reseau = p_reseau
       and case p_objet when 'partenaire' then z.partenaire = p_code when 'theme' then z.theme = p_code end),
    (select count(*) from demande d
     where d.reseau = p_reseau
       and case p_objet
         when 'partenaire' then p_code = any (d.partenaires)
         when 'theme' then p_code = any (d.themes)
         else d.fiche = p_code end)
    + (select count(*) from demande_particuliere d
       where d.reseau = p_reseau
         and case p_objet when 'partenaire' then d.partenaire = p_code when 'theme' then d.theme = p_code end),
    (select count(*) from droit d
     where d.reseau = p_reseau and p_objet = 'partenaire' and d.partenaire = p_code),
    (select count(*) from fiche_theme f
     where f.reseau = p_reseau and p_objet = 'theme' and f.theme = p_code)
    + (select count(*) from fiche_partenaire f
       where f.reseau = p_reseau and p_objet = 'partenaire' and f.partenaire = p_code),
    (select count(*) from partenaire_theme t
     where t.reseau = p_reseau and p_objet = 'theme' and t.theme = p_code),
    (select count(*) from theme t
     where t.reseau = p_reseau and p_objet = 'theme' and t.parent = p_code)
  where p_reseau = any (mes_coordinations())
$$;

-- Whether nothing keeps it.
create function libre(p_reseau text, p_objet text, p_code text) returns boolean
language sql stable
as $$
  select coalesce((
    select c.zones + c.demandes + c.droits + c.fiches + c.partenaires + c.themes = 0
    from citations(p_reseau, p_objet, p_code) c), false)
$$;

-- Rows of a réseau are written by its coordinators, and by nobody through a token for reading. What the pages write
-- says so.
do $$
declare
  nom text;
  permis text := '(select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[])';
begin
  foreach nom in array array[
    'partenaire', 'theme', 'fiche', 'partenaire_theme', 'fiche_theme', 'fiche_partenaire', 'declaration']
  loop
    execute format('create policy ajout on %I for insert to maillage_service with check (%s %s)', nom, permis,
      case when nom in ('partenaire', 'theme', 'fiche') then 'and origine = ''page''' end);
    execute format('create policy retrait on %I for delete to maillage_service using (%s %s)', nom, permis,
      case
        when nom in ('partenaire', 'theme', 'fiche') then format('and libre(reseau, %L, code)', nom)
        -- A zone goes with the theme that its partner has: such a theme stays.
        when nom = 'partenaire_theme' then 'and not exists (
          select from zone z
          where z.reseau = partenaire_theme.reseau and z.partenaire = partenaire_theme.partenaire
            and z.theme = partenaire_theme.theme)'
      end);
    execute format('grant delete on %I to maillage_service', nom);
  end loop;
  foreach nom in array array['partenaire', 'theme', 'fiche'] loop
    execute format(
      'create policy changement on %I for update to maillage_service using (%2$s)
       with check (%2$s and origine = ''page'')', nom, permis);
  end loop;
  foreach nom in array array['fiche_partenaire', 'declaration'] loop
    execute format(
      'create policy changement on %I for update to maillage_service using (%2$s) with check (%2$s)', nom, permis);
  end loop;
end
$$;
-- A body without SIREN is that of its one membership: nobody takes that of another réseau.
alter policy ajout on partenaire with check ((select peut_ecrire()) and origine = 'page'
  and reseau = any ((select mes_coordinations())::text[])
  and (organisme ~ '^[0-9]{9}$' or organisme = reseau || '/' || code));
alter policy changement on partenaire with check ((select peut_ecrire()) and origine = 'page'
  and reseau = any ((select mes_coordinations())::text[])
  and (organisme ~ '^[0-9]{9}$' or organisme = reseau || '/' || code));
create policy changement on reseau for update to maillage_service
  using ((select peut_ecrire()) and code = any ((select mes_coordinations())::text[]))
  with check ((select peut_ecrire()) and code = any ((select mes_coordinations())::text[]) and origine = 'page');

grant update (nom, nom_court, couleur, presentation, destinataires, guichet_nom, guichet_site, guichet_courriel,
  guichet_telephone, public,
  partenaires_se_voient, conservation_mois, journal_mois, cadres, origines, origine) on reseau to maillage_service;
grant
  insert (reseau, code, organisme, rang, site, courriel, telephone, description, role, debut, fin, cadre, origine),
  update (organisme, rang, site, courriel, telephone, description, role, debut, fin, cadre, origine)
  on partenaire to maillage_service;
grant
  insert (reseau, code, libelle, parent, rang, mots_cles, fin, origine),
  update (libelle, parent, rang, mots_cles, fin, origine)
  on theme to maillage_service;
grant
  insert (reseau, code, rang, titre, description, genre, niveau, cout, conditions, phases, expertises, publics,
    mots_cles, fin, origine),
  update (rang, titre, description, genre, niveau, cout, conditions, phases, expertises, publics, mots_cles, fin,
    origine)
  on fiche to maillage_service;
grant insert (reseau, partenaire, theme) on partenaire_theme to maillage_service;
grant insert (reseau, fiche, theme) on fiche_theme to maillage_service;
grant insert (reseau, fiche, partenaire, niveau, cout, conditions), update (niveau, cout, conditions)
  on fiche_partenaire to maillage_service;
grant insert (reseau, partenaire, theme, date), update (date) on declaration to maillage_service;

-- A body belongs to all the réseaux that it is a member of, and not all of them may be read: it is written through
-- this function. One that another réseau also has keeps its name, as when a folder is loaded. Returns its code.
create function inscrire_organisme(
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
  insert into organisme as o (code, siren, nom, sigle, type)
  values (numero, p_siren, p_nom, p_sigle, p_type)
  on conflict (code) do update set nom = excluded.nom, sigle = excluded.sigle, type = excluded.type
  where not exists (select from partenaire p where p.organisme = o.code and p.reseau <> p_reseau);
  return numero;
end
$$;

-- The body of a SIREN, when some réseau has it: its name is not asked twice.
create function organisme_connu(p_siren text)
returns table (nom text, sigle text, type text, partage boolean)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select o.nom, o.sigle, o.type,
    exists (select from partenaire p where p.organisme = o.code and p.reseau <> all (mes_coordinations()))
  from organisme o
  where o.code = p_siren and cardinality(mes_coordinations()) > 0
$$;

-- Bodies that nobody is a member of any more, after a partner changed its SIREN or was taken away.
create function oublier_organismes() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  delete from organisme o
  where o.code = old.organisme and not exists (select from partenaire p where p.organisme = o.code);
  return null;
end
$$;
create trigger organismes_sans_membre after delete or update of organisme on partenaire
  for each row when (principal() <> '') execute function oublier_organismes();

-- What is linked is journalled too, by the number of rows when there are many.
do $$
declare
  nom text;
begin
  foreach nom in array array['partenaire_theme', 'fiche_theme', 'fiche_partenaire'] loop
    execute format(
      'create trigger journal after update on %1$I for each row execute function journaliser();
       create trigger journal_des_ajouts after insert on %1$I referencing new table as lignes
       for each statement execute function journaliser_en_nombre();
       create trigger journal_des_retraits after delete on %1$I referencing old table as lignes
       for each statement execute function journaliser_en_nombre()', nom);
  end loop;
end
$$;
create trigger journal after insert or update or delete on organisme
  for each row execute function journaliser();

-- What was kept ready goes when a page changes what it was made of: told once, when the transaction ends, so that no
-- lock is held meanwhile that a load takes in another order. A folder that is loaded tells of it itself.
create function annoncer_a_la_fin() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  if coalesce(current_setting('maillage.annoncee', true), '') <> pg_current_xact_id()::text then
    perform set_config('maillage.annoncee', pg_current_xact_id()::text, true);
    perform annoncer_changement();
  end if;
  return null;
end
$$;
do $$
declare
  nom text;
begin
  foreach nom in array array[
    'reseau', 'organisme', 'partenaire', 'theme', 'fiche', 'partenaire_theme', 'fiche_theme', 'fiche_partenaire',
    'declaration']
  loop
    execute format(
      'create constraint trigger change_par_une_page after insert or update or delete on %I
       deferrable initially deferred
       for each row when (principal() <> '''') execute function annoncer_a_la_fin()', nom);
  end loop;
end
$$;

-- A réseau that begins: its code, its name, and the communes of its département with the EPCI that have most of
-- theirs there. It is read by nobody else until its coordinators open it.
create function fonder_reseau(p_code text, p_nom text, p_departement text) returns void
language plpgsql volatile
set search_path = public, pg_temp
as $$
declare
  v_edition integer;
  v_millesime smallint;
begin
  select e.id, e.millesime into v_edition, v_millesime
  from millesime m join edition e on e.id = m.edition
  where e.millesime_contours is not null
  order by m.annee desc
  limit 1;
  insert into reseau (code, nom, nom_court, departement, annee, millesime, demonstration, public, origine)
  values (p_code, p_nom, p_nom, p_departement, extract(year from current_date), v_millesime, false, false, 'page');
  insert into perimetre (reseau, maille, code, millesime, nom)
  select p_code, t.maille, t.code, v_millesime, t.nom
  from territoire t
  where t.edition = v_edition and t.maille = 'commune' and t.departement = p_departement
  union all
  select p_code, t.maille, t.code, v_millesime, t.nom
  from territoire t
  where t.edition = v_edition and t.maille = 'epci'
    and t.code in (
      select c.epci
      from territoire c
      where c.edition = v_edition and c.maille = 'commune'
      group by c.epci
      having 2 * count(*) filter (where c.departement = p_departement) > count(*));
  -- Installed at each start, with the statements that loads use.
  perform resoudre_codes(p_code, null);
  perform resoudre_perimetre(p_code);
end
$$;

create function creer_reseau(p_code text, p_nom text, p_departement text) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
begin
  if not exists (select from acces() a where a.administrateur and a.reseau is null and a.ecriture) then
    raise insufficient_privilege using message = 'Seul un administrateur crée un réseau.';
  end if;
  perform fonder_reseau(p_code, p_nom, p_departement);
end
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'inscrire_organisme(text, text, text, text, text, text)', 'organisme_connu(text)',
    'citations(text, text, text)', 'creer_reseau(text, text, text)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
    execute format('grant execute on function %s to maillage_service', fonction);
  end loop;
  foreach fonction in array array[
    'mots_du_partenaire()', 'mots_du_theme()', 'mots_de_la_fiche()', 'oublier_organismes()', 'annoncer_a_la_fin()',
    'fonder_reseau(text, text, text)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
  end loop;
end
$$;
