-- Each load of a partner's table of demandes: when, and what came of it. It tells the coordinator who has delivered the
-- year, and what is to be corrected; whose hands did it is in the journal.
create table livraison (
  id bigint generated always as identity constraint livraison_identifiee primary key,
  reseau text not null,
  -- Null: a table of several partners, whose refused rows say no partner.
  partenaire text,
  le timestamptz not null default now(),
  -- Days of its demandes, of the first and of the last.
  du date,
  au date,
  nouvelles integer not null default 0,
  changees integer not null default 0,
  identiques integer not null default 0,
  -- Rows that were refused, by the field that is wrong.
  refus jsonb not null default '{}',
  constraint livraison_de_son_reseau foreign key (reseau) references reseau on delete cascade,
  constraint livraison_partenaire_connu
    foreign key (reseau, partenaire) references partenaire on delete cascade
);
create index livraison_par_partenaire on livraison (reseau, partenaire, le);

alter table livraison enable row level security;
alter table livraison force row level security;
create policy proprietaire on livraison to current_user using (true) with check (true);
create policy lecture on livraison for select to maillage_service
  using (reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaire = any ((select mes_partenaires())::text[]));
grant select on livraison to maillage_service;
create policy ajout on livraison for insert to maillage_service
  with check ((select peut_ecrire()) and (reseau = any ((select mes_coordinations())::text[])
    or reseau || '/' || partenaire = any ((select mes_partenaires())::text[])));
grant insert (reseau, partenaire, du, au, nouvelles, changees, identiques, refus) on livraison to maillage_service;
