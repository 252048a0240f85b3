-- What people write around the figures of the annual report: the files of `rapport/` in the folder of a réseau, also
-- edited in the coordinator's space. Kept as they were written; read, and refused when they are wrong, by the program.
create table rapport_texte (
  reseau text not null constraint rapport_texte_de_son_reseau references reseau on delete cascade,
  -- The name of the file.
  code text not null constraint rapport_texte_connu
    check (code in ('rapport.toml', 'avant-propos.md', 'programme.md', 'logo.svg', 'logo.png')),
  contenu bytea not null constraint rapport_texte_borne check (octet_length(contenu) <= 500000),
  -- What a page wrote stays when the folder is loaded again.
  origine text not null default 'dossier' constraint rapport_texte_origine_connue check (origine in ('dossier', 'page')),
  constraint rapport_texte_identifie primary key (reseau, code)
);

alter table rapport_texte enable row level security;
alter table rapport_texte force row level security;
create policy proprietaire on rapport_texte to current_user using (true) with check (true);
-- Drafts, for whoever coordinates: a report that is published carries its own.
create policy lecture on rapport_texte for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[]));
create policy ajout on rapport_texte for insert to maillage_service
  with check ((select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[]) and origine = 'page');
create policy changement on rapport_texte for update to maillage_service
  using ((select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[]))
  with check (reseau = any ((select mes_coordinations())::text[]) and origine = 'page');
create policy retrait on rapport_texte for delete to maillage_service
  using ((select peut_ecrire()) and reseau = any ((select mes_coordinations())::text[]));
grant select on rapport_texte to maillage_service;
grant insert (reseau, code, contenu, origine), update (contenu, origine), delete on rapport_texte to maillage_service;

-- That a file was written, and not what it says.
create trigger journal after insert or update or delete on rapport_texte
  for each row execute function journaliser('contenu');
-- Pages that show them are made again.
create trigger annonce after insert or update or delete on rapport_texte
  for each row when (principal() <> '') execute function annoncer_a_la_fin();
