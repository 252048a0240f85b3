-- Zones written by the service on behalf of people: a partner proposes and withdraws, a coordinator decides. What each
-- may write is a policy; what PostGIS derives from a zone is written by a function that is given a zone of the same
-- transaction and nothing else (`rattacher_zone`, installed at each start).

-- How many times a row was written: whoever changes it says which one they had read.
create function compter_une_revision() returns trigger
language plpgsql
as $$
begin
  new.revision := old.revision + 1;
  return new;
end
$$;
revoke all on function compter_une_revision() from public;
alter table zone add column revision integer not null default 1;
-- A folder that is loaded again writes what is there over itself: that is no change.
create trigger zone_revisee before update on zone
  for each row when (old.* is distinct from new.*) execute function compter_une_revision();

-- Bounds: those of `src/partenaires/zones`. What is there already stays.
alter table zone
  add constraint zone_code_borne check (length(code) <= 100) not valid,
  add constraint zone_nom_borne check (length(nom) <= 200) not valid,
  add constraint zone_motif_borne check (length(motif) <= 2000) not valid;

-- Whether a version may be the next of a zone: one code is one partner's in its réseau, also where the principal does
-- not see whose.
create function zone_peut_suivre(p_reseau text, p_code text, p_partenaire text, p_version smallint) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$
  select not exists (
    select
    from zone z
    where z.reseau = p_reseau and z.code = p_code
      and (z.partenaire <> p_partenaire or z.version >= p_version))
$$;

create policy ajout on zone for insert to maillage_service
  with check ((select peut_ecrire())
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaire = any ((select mes_partenaires())::text[]))
    and etat = 'proposee' and origine = 'proposition'
    and zone_peut_suivre(reseau, code, partenaire, version));
-- A decision: nothing goes back to what it was before, and what is refused or over stays so.
create policy changement on zone for update to maillage_service
  using ((select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[])
    and etat in ('proposee', 'validee'))
  with check (reseau = any ((select mes_coordinations())::text[]) and etat in ('validee', 'refusee', 'expiree'));
-- A proposal is withdrawn by whoever it is, as long as nothing was decided.
create policy retrait on zone for delete to maillage_service
  using ((select peut_ecrire()) and etat = 'proposee' and origine = 'proposition'
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaire = any ((select mes_partenaires())::text[])));
grant insert (reseau, code, version, partenaire, theme, nom, debut, fin, etat, origine, reparation, surface),
  update (etat, motif, decidee_le, fin), delete on zone to maillage_service;

-- The units of a proposal come with it: those of what was proposed before do not change.
create policy ajout on zone_unite for insert to maillage_service
  with check ((select peut_ecrire()) and exists (
    select
    from zone z
    where z.id = zone_unite.zone and z.reseau = zone_unite.reseau and z.etat = 'proposee'
      and z.origine = 'proposition' and z.proposee_le = now()
      and (z.reseau = any ((select mes_coordinations())::text[])
        or z.reseau || '/' || z.partenaire = any ((select mes_partenaires())::text[]))));
grant insert (reseau, zone, maille, code, exclue) on zone_unite to maillage_service;

-- Whoever decides, the communes follow: they are not the service's to write.
alter function publier_zone() security definer set search_path = public, pg_temp;

-- What is kept ready goes, whoever changed it.
alter function annoncer_changement() security definer set search_path = public, pg_temp;
revoke all on function annoncer_changement() from public;
grant execute on function annoncer_changement() to maillage_service;

-- What others have changed of a row since somebody read it, from the journal: for those who may change it.
create index journal_par_ligne on journal (objet, cle, id) where operation = 'update';
create function changements_de_zone(p_zone integer, p_revision integer)
returns table (le timestamptz, avant jsonb, apres jsonb)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select j.le, j.avant - 'revision', j.apres - 'revision'
  from zone z
  join journal j on j.objet = 'zone' and j.operation = 'update' and j.cle = z.id::text
  where z.id = p_zone and (j.avant ->> 'revision')::integer >= p_revision
    and (z.reseau = any (mes_coordinations()) or z.reseau || '/' || z.partenaire = any (mes_partenaires()))
  order by j.id
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'zone_peut_suivre(text, text, text, smallint)', 'changements_de_zone(integer, integer)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
    execute format('grant execute on function %s to maillage_service', fonction);
  end loop;
end
$$;
