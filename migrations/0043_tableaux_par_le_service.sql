-- Tables of demandes loaded through the service, as `maillage import demandes` loads them: the same judgement, then plain
-- writes under the policies of each table.

-- What a table brings says so. A demande that was found to be another is written again by its own table alone.
drop policy ajout on demande;
create policy ajout on demande for insert to maillage_service
  with check ((select peut_ecrire())
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[]))
    and origine in ('saisie', 'tableau') and fusionnee is null);
drop policy changement on demande;
create policy changement on demande for update to maillage_service
  using ((select peut_ecrire()) and (fusionnee is null or origine = 'tableau')
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[])))
  with check (reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[]));
grant select (fusionnee) on demande to maillage_service;

-- Demandes that these keys name (partner that leads, reference), whole, with what each has gained from those that were
-- found to be the same: for whoever leads or coordinates them, and for the owner of the database.
create function demandes_tenues(p_reseau text, p_partenaires text[], p_references text[])
returns table (
  id bigint, revision integer, reference text, date date, themes text[], partenaires text[], partenaire text, maille text,
  beneficiaire text, millesime smallint, fiche text, objet text, etat text, niveau text, reponse date, cloture date,
  suite text, jours numeric, origine text, themes_gagnes text[], partenaires_gagnes text[])
language sql stable security definer
set search_path = public, pg_temp
as $$
  select d.id, d.revision, d.reference, d.date, d.themes, d.partenaires, d.partenaire, d.maille, d.beneficiaire,
    d.millesime, d.fiche, d.objet, d.etat, d.niveau, d.reponse, d.cloture, d.suite, d.jours, d.origine,
    (select array_agg(distinct t) from demande f cross join unnest(f.themes) t where f.fusionnee = d.id),
    (select array_agg(distinct p) from demande f cross join unnest(f.partenaires) p where f.fusionnee = d.id)
  from unnest(p_partenaires, p_references) as voulue (partenaire, reference)
  join demande d
    on d.reseau = p_reseau and d.partenaire = voulue.partenaire and d.reference = voulue.reference
  where (session_user = current_user and current_setting('role') = 'none')
    or d.reseau = any (mes_coordinations())
    or d.reseau || '/' || d.partenaire = any (mes_partenaires())
$$;

-- Those that tables of these partners brought, for the same people: what a table no longer has is found among them.
create function demandes_des_tableaux(p_reseau text, p_partenaires text[])
returns table (id bigint, partenaire text, reference text, date date)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select d.id, d.partenaire, d.reference, d.date
  from demande d
  where d.reseau = p_reseau and d.partenaire = any (p_partenaires) and d.origine = 'tableau'
    and ((session_user = current_user and current_setting('role') = 'none')
      or d.reseau = any (mes_coordinations())
      or d.reseau || '/' || d.partenaire = any (mes_partenaires()))
$$;

revoke all on function demandes_tenues(text, text[], text[]) from public;
revoke all on function demandes_des_tableaux(text, text[]) from public;
grant execute on function demandes_tenues(text, text[], text[]), demandes_des_tableaux(text, text[])
  to maillage_service;

-- Demandes of private individuals, counted without who asked; and how the columns of a table are read.
do $$
declare
  nom text;
begin
  foreach nom in array array['demande_particuliere', 'correspondance'] loop
    execute format(
      'create policy ajout on %1$I for insert to maillage_service
       with check ((select peut_ecrire()) and (reseau = any ((select mes_coordinations())::text[])
         or reseau || ''/'' || partenaire = any ((select mes_partenaires())::text[])))', nom);
    execute format(
      'create policy changement on %1$I for update to maillage_service
       using ((select peut_ecrire()) and (reseau = any ((select mes_coordinations())::text[])
         or reseau || ''/'' || partenaire = any ((select mes_partenaires())::text[])))', nom);
  end loop;
end
$$;
grant insert (reseau, partenaire, empreinte, annee, theme, commune, origine), update (annee, theme, commune, origine)
  on demande_particuliere to maillage_service;
grant insert (reseau, partenaire, colonnes, valeurs), update (colonnes, valeurs) on correspondance to maillage_service;
create trigger journal after insert or update or delete on correspondance
  for each row execute function journaliser();
create trigger journal after update on demande_particuliere for each row execute function journaliser('empreinte');
create trigger journal_des_ajouts after insert on demande_particuliere referencing new table as lignes
  for each statement execute function journaliser_en_nombre('empreinte');
create trigger journal_des_retraits after delete on demande_particuliere referencing old table as lignes
  for each statement execute function journaliser_en_nombre('empreinte');
