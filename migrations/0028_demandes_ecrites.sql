-- Demandes written by the service on behalf of people: the partner that leads one, or the coordinator of its réseau,
-- creates it and corrects it. What the public may ask for comes by functions of its own.

alter table demande add column revision integer not null default 1;
create trigger demande_revisee before update on demande for each row execute function compter_une_revision();

-- Bounds, as those of `src/demandes/ecriture` or looser: folders and tables bring what they have. What is there already
-- stays.
alter table demande
  add constraint demande_reference_bornee check (length(reference) between 1 and 200) not valid,
  add constraint demande_textes_bornes check (length(objet) <= 10000 and length(suite) <= 10000) not valid,
  add constraint demande_listes_bornees check (cardinality(themes) <= 50 and cardinality(partenaires) <= 100) not valid;
alter table contact
  add constraint contact_textes_bornes check (
    length(nom) <= 500 and length(fonction) <= 500 and length(courriel) <= 500 and length(telephone) <= 500) not valid;

create policy ajout on demande for insert to maillage_service
  with check ((select peut_ecrire())
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[]))
    and origine = 'saisie' and fusionnee is null);
-- Neither one's own given to another, nor another's taken; one that was found to be another is corrected there.
create policy changement on demande for update to maillage_service
  using ((select peut_ecrire()) and fusionnee is null
    and (reseau = any ((select mes_coordinations())::text[])
      or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[])))
  with check (reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaires[1] = any ((select mes_partenaires())::text[]));
grant insert (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat, niveau,
  reponse, cloture, suite, jours, origine),
  update (date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat, niveau, reponse, cloture,
  suite, jours, origine), select (revision) on demande to maillage_service;

-- Contacts are given with a demande, and taken away with what replaces them.
create policy ajout on contact for insert to maillage_service
  with check ((select peut_ecrire()) and exists (
    select
    from demande d
    where d.id = contact.demande and d.reseau = contact.reseau
      and (d.reseau = any ((select mes_coordinations())::text[])
        or d.reseau || '/' || d.partenaire = any ((select mes_partenaires())::text[]))));
create policy changement on contact for update to maillage_service
  using ((select peut_ecrire()) and exists (
    select
    from demande d
    where d.id = contact.demande
      and (d.reseau = any ((select mes_coordinations())::text[])
        or d.reseau || '/' || d.partenaire = any ((select mes_partenaires())::text[]))));
create policy retrait on contact for delete to maillage_service
  using ((select peut_ecrire()) and exists (
    select
    from demande d
    where d.id = contact.demande
      and (d.reseau = any ((select mes_coordinations())::text[])
        or d.reseau || '/' || d.partenaire = any ((select mes_partenaires())::text[]))));
grant insert (reseau, demande, nom, fonction, courriel, telephone, recueilli_le), update (fonction), delete
  on contact to maillage_service;

-- Whoever keeps a demande reads at which revision it is.
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
    or est_des_miens(d.reseau, d.partenaires, (select mes_partenaires())) as sienne
) s
where s.sienne
  or (d.comptee and (
    d.reseau in (select m.reseau from mes_droits() m where m.role = 'lecteur')
    or d.reseau in (
      select m.reseau
      from mes_droits() m
      join reseau r on r.code = m.reseau
      where m.role = 'partenaire' and r.partenaires_se_voient)));

-- What others have changed of a demande since somebody read it: for those who keep it.
create function changements_de_demande(p_demande bigint, p_revision integer)
returns table (le timestamptz, avant jsonb, apres jsonb)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select j.le, j.avant - 'revision', j.apres - 'revision'
  from demande d
  join journal j on j.objet = 'demande' and j.operation = 'update' and j.cle = d.id::text
  where d.id = p_demande and (j.avant ->> 'revision')::integer >= p_revision
    and (d.reseau = any (mes_coordinations()) or est_des_miens(d.reseau, d.partenaires, mes_partenaires()))
  order by j.id
$$;
revoke all on function changements_de_demande(bigint, integer) from public;
grant execute on function changements_de_demande(bigint, integer) to maillage_service;
