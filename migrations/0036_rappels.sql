-- Who asked to be reminded of a réseau's year: off until the person turns it on, and a digest, never a message an event.
create table rappel (
  compte integer not null constraint rappel_compte_connu references compte on delete cascade,
  reseau text not null constraint rappel_de_son_reseau references reseau on delete cascade,
  demande_le timestamptz not null default now(),
  envoye_le timestamptz,
  constraint rappel_identifie primary key (compte, reseau)
);
alter table rappel enable row level security;
alter table rappel force row level security;
create policy proprietaire on rappel to current_user using (true) with check (true);
create policy lecture on rappel for select to maillage_service
  using (compte in (select a.compte from acces() a) or reseau = any ((select mes_coordinations())::text[]));
grant select on rappel to maillage_service;
-- For oneself, where one keeps something.
create policy ajout on rappel for insert to maillage_service
  with check ((select peut_ecrire()) and compte in (select a.compte from acces() a)
    and reseau in (select m.reseau from mes_droits() m where m.role <> 'lecteur'));
create policy retrait on rappel for delete to maillage_service
  using ((select peut_ecrire()) and compte in (select a.compte from acces() a));
grant insert (compte, reseau), delete on rappel to maillage_service;

comment on table rappel is '{"titre": "Rappels demandés", "finalite": "Rappeler à une personne, à sa demande, ce qui manque à la collecte de l''année.", "lecteurs": "La personne, les coordinateurs du réseau.", "duree": "Jusqu''à ce que la personne y renonce, ou que son compte soit effacé."}';
comment on column rappel.demande_le is 'Jour où la personne les a demandés';
comment on column rappel.envoye_le is 'Dernier envoi';
