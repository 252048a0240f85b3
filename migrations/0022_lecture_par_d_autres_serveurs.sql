-- Other servers of a département (QGIS Server, Lizmap, geOrchestra…) read what is published without going through
-- this service: a role of their own, that reads what the public does and writes nothing. It signs in by itself or
-- is given to a role that does (`grant maillage_lecture to …`). The views it is promised are those of the schema
-- `diffusion_1`; the tables under them are read with the same policies.

do $$
begin
  create role maillage_lecture nologin;
exception
  when duplicate_object or unique_violation then null; -- roles belong to the whole server
  when insufficient_privilege then
    raise exception 'Le rôle maillage_lecture manque et ne peut pas être créé : demandez-le à l''administrateur de la base (create role maillage_lecture).';
end
$$;

grant usage on schema public to maillage_lecture;

-- Whether there is a principal at all: a role that only reads what is published needs not say that it is the public.
create or replace function connu() returns boolean
language plpgsql stable parallel safe
as $$
begin
  return principal() = 'public' or exists (select from acces())
    or (principal() = '' and pg_has_role('maillage_lecture', 'usage'));
end
$$;

do $$
declare
  nom text;
begin
  foreach nom in array array[
    'reseau', 'organisme', 'partenaire', 'theme', 'partenaire_theme', 'declaration', 'beneficiaire', 'zone',
    'zone_commune', 'zone_contour', 'demande', 'succession', 'perimetre_actuel', 'regroupement_actuel',
    'publication']
  loop
    execute format('alter policy lecture on %I to maillage_service, maillage_lecture', nom);
    if nom <> 'demande' then
      execute format('grant select on %I to maillage_lecture', nom);
    end if;
  end loop;
end
$$;
grant select (id, reseau, date, themes, partenaires, theme, partenaire, maille, beneficiaire, millesime, comptee,
  reponse, cloture) on demande to maillage_lecture;
grant select on demande_suivie, edition, millesime, territoire, contour, indicateur, jeu, valeur to maillage_lecture;
-- New editions are partitions of their own; what is read through `contour` needs no grant on them.

-- Boxes of features are asked of contours themselves, and not, as tiles do, of contours or points.
do $$
declare
  feuille regclass;
begin
  for feuille in
    select i.inhrelid::regclass
    from pg_inherits e join pg_inherits i on i.inhparent = e.inhrelid
    where e.inhparent = 'contour'::regclass and i.inhrelid::regclass::text like 'contour\_%\_10'
  loop
    execute format('create index on %s using gist (contour)', feuille);
  end loop;
end
$$;
