-- What whoever proposes a zone says of it to whoever decides: between the two of them, and never published. Apart from
-- the zone, whose row everybody reads once it is validated.
create table zone_commentaire (
  zone integer constraint zone_commentaire_identifie primary key
    constraint zone_commentaire_zone_connue references zone on delete cascade,
  reseau text not null constraint zone_commentaire_de_son_reseau references reseau on delete cascade,
  texte text not null constraint zone_commentaire_borne check (length(texte) between 1 and 2000)
);

alter table zone_commentaire enable row level security;
alter table zone_commentaire force row level security;
create policy proprietaire on zone_commentaire to current_user using (true) with check (true);
create policy lecture on zone_commentaire for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[]) or exists (
    select
    from zone z
    where z.id = zone_commentaire.zone and z.reseau || '/' || z.partenaire = any ((select mes_partenaires())::text[])));
grant select on zone_commentaire to maillage_service;
-- With the proposal that it goes with, in its transaction, like its units.
create policy ajout on zone_commentaire for insert to maillage_service
  with check ((select peut_ecrire()) and exists (
    select
    from zone z
    where z.id = zone_commentaire.zone and z.reseau = zone_commentaire.reseau and z.etat = 'proposee'
      and z.origine = 'proposition' and z.proposee_le = now()
      and (z.reseau = any ((select mes_coordinations())::text[])
        or z.reseau || '/' || z.partenaire = any ((select mes_partenaires())::text[]))));
grant insert (zone, reseau, texte) on zone_commentaire to maillage_service;

-- That it was written is in the journal, and not what it says: the journal is kept on its own time.
create trigger journal after insert on zone_commentaire for each row execute function journaliser('texte');
