-- What is held about people: why, for whom, for how long; said of the columns themselves, so that the page that
-- publishes it is true. `donnees_personnelles` reads these comments, and a test holds every column that looks
-- personal to have one.

-- How long the journal of a réseau is kept, in months.
alter table reseau add column journal_mois smallint not null default 24
  constraint reseau_journal_possible check (journal_mois between 6 and 120);

-- A table: its title, what it is for, who reads it, how long it is kept. A column: what it holds.
do $$
declare
  t record;
  c record;
begin
  for t in
    select *
    from (values
      ('contact', 'Personnes à joindre au sujet d''une demande', 'Répondre à la demande d''une collectivité.',
        'Les partenaires de la demande et le coordinateur du réseau.',
        'La durée choisie par chaque réseau, à partir de la fin de la demande.'),
      ('compte', 'Comptes', 'Donner à chacun ce qu''il peut lire et écrire.',
        'La personne, les coordinateurs des réseaux où elle a un droit, les administrateurs.',
        'Jusqu''à l''effacement du compte ; un an quand il n''a jamais servi.'),
      ('session', 'Sessions ouvertes', 'Rester connecté, et pouvoir fermer ce qu''on ne reconnaît pas.',
        'La personne.', 'Jusqu''à leur fin : douze heures.'),
      ('jeton', 'Jetons', 'Laisser un programme lire au nom d''une personne.',
        'La personne et les administrateurs.', 'Un mois après leur fin.'),
      ('lien', 'Liens à usage unique', 'Choisir son mot de passe.', 'Personne.', 'Un mois après leur fin.'),
      ('tentative', 'Connexions manquées', 'Freiner qui devine des mots de passe.', 'Personne.', 'Un jour.'),
      ('journal', 'Journal des écritures', 'Savoir qui a changé quoi, en cas d''erreur ou de litige.',
        'Le coordinateur du réseau et les administrateurs.', 'La durée choisie par chaque réseau.')
    ) as v (nom, titre, finalite, lecteurs, duree)
  loop
    execute format('comment on table %I is %L', t.nom, jsonb_build_object(
      'titre', t.titre, 'finalite', t.finalite, 'lecteurs', t.lecteurs, 'duree', t.duree));
  end loop;
  for c in
    select *
    from (values
      ('contact', 'nom', 'Nom'), ('contact', 'fonction', 'Fonction'), ('contact', 'courriel', 'Adresse électronique'),
      ('contact', 'telephone', 'Téléphone'), ('contact', 'recueilli_le', 'Jour où il a été recueilli'),
      ('compte', 'courriel', 'Adresse électronique'), ('compte', 'nom', 'Nom'),
      ('compte', 'empreinte', 'Empreinte du mot de passe, dont il ne se retrouve pas'),
      ('compte', 'fournisseur', 'Fournisseur d''identité'), ('compte', 'sujet', 'Identifiant chez ce fournisseur'),
      ('compte', 'siret', 'SIRET de l''organisme, dit par ce fournisseur'),
      ('compte', 'connecte_le', 'Dernière connexion'),
      ('session', 'navigateur', 'Navigateur'), ('session', 'adresse', 'Adresse IP'),
      ('session', 'ouverte_le', 'Ouverture'), ('session', 'vue_le', 'Dernier usage, à la minute'),
      ('session', 'empreinte', 'Empreinte du secret que garde le navigateur'),
      ('jeton', 'nom', 'Nom que la personne lui donne'), ('jeton', 'prefixe', 'Ses premières lettres'),
      ('jeton', 'empreinte', 'Empreinte du jeton'), ('jeton', 'vu_le', 'Dernier usage, à la minute'),
      ('lien', 'empreinte', 'Empreinte du lien'), ('lien', 'suivi_le', 'Jour où il a servi'),
      ('tentative', 'cle', 'Compte visé, ou adresse IP'), ('tentative', 'le', 'Moment'),
      ('journal', 'auteur', 'Adresse électronique de l''auteur'), ('journal', 'le', 'Moment'),
      ('journal', 'origine', 'Page ou commande'), ('journal', 'avant', 'Ce qui était écrit, sans les contacts'),
      ('journal', 'apres', 'Ce qui a été écrit, sans les contacts')
    ) as v (nom, colonne, sens)
  loop
    execute format('comment on column %I.%I is %L', c.nom, c.colonne, c.sens);
  end loop;
end
$$;

-- The tables whose comment says that they are about people, and their columns.
create view donnees_personnelles as
select c.relname::text as nom, d.description::jsonb as dit,
  array(
    select col_description(c.oid, a.attnum)
    from pg_attribute a
    where a.attrelid = c.oid and col_description(c.oid, a.attnum) is not null
    order by a.attnum
  ) as colonnes
from pg_class c
join pg_description d on d.objoid = c.oid and d.objsubid = 0 and d.classoid = 'pg_class'::regclass
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and d.description like '{"%finalite%';
grant select on donnees_personnelles to maillage_service;

-- All that is held under the address of somebody, secrets left out. For the owner: it is asked by whoever proved
-- who they are.
create function dossier_de(p_courriel text) returns jsonb
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
        or (j.objet = 'compte' and lui.courriel in (j.avant ->> 'courriel', j.apres ->> 'courriel'))))
$$;

-- The same of the account that asks, without contacts: whoever invited may have typed somebody else's address.
create function mes_donnees() returns jsonb
language sql stable security definer
set search_path = public, pg_temp
as $$
  select dossier_de(c.courriel) - 'contacts'
  from acces() a
  join compte c on c.id = a.compte
$$;

-- Erases it: the contacts, the account with all that hangs on it, and the name in the journal, whose rows stay.
create function oublier(p_courriel text, out contacts bigint, out comptes bigint, out lignes bigint)
language plpgsql
as $$
declare
  sien integer := (select c.id from compte c where c.courriel = lower(p_courriel));
begin
  delete from contact c where lower(c.courriel) = lower(p_courriel);
  get diagnostics contacts = row_count;
  delete from compte c where c.id = sien;
  get diagnostics comptes = row_count;
  update journal j
  set auteur = 'personne effacée', compte = null
  where j.auteur = lower(p_courriel);
  get diagnostics lignes = row_count;
  update journal j
  set avant = j.avant - '{courriel,nom,siret,sujet}'::text[], apres = j.apres - '{courriel,nom,siret,sujet}'::text[]
  where j.objet = 'compte' and lower(p_courriel) in (j.avant ->> 'courriel', j.apres ->> 'courriel')
    or j.objet = 'compte' and j.cle = sien::text;
end
$$;

-- Erases what is past its time, but contacts, which have a command of their own. With `essai`, only counts.
create function oublier_les_perimes(p_essai boolean) returns table (quoi text, nombre bigint)
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
  foreach fonction in array array['dossier_de(text)', 'oublier(text)', 'oublier_les_perimes(boolean)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
  end loop;
  revoke all on function mes_donnees() from public;
  grant execute on function mes_donnees() to maillage_service;
end
$$;
