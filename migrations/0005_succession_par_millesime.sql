-- What a code comes to depends on the millésime that it is of: the succession of a réseau's codes now
-- follows the passage. Derived again at the next load or publication.
delete from succession;
alter table succession
  add column de smallint not null,
  drop constraint succession_identifiee,
  add constraint succession_identifiee primary key (reseau, millesime, maille, ancien, de);
