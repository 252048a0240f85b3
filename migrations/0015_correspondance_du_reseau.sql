-- A table that says itself whose each demande is belongs to no partner: its columns are remembered for
-- the réseau, under no partner.
alter table correspondance drop constraint correspondance_identifiee;
alter table correspondance
  alter column partenaire drop not null,
  add constraint correspondance_identifiee unique nulls not distinct (reseau, partenaire),
  add constraint correspondance_de_son_reseau
    foreign key (reseau) references reseau on delete cascade;
