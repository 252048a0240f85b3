-- The desk of a réseau can be written to and called, as a partner can: whoever finds nobody else reaches it in one tap.
alter table reseau
  add column guichet_courriel text,
  add column guichet_telephone text,
  drop constraint reseau_guichet_nomme,
  add constraint reseau_guichet_nomme check (
    guichet_nom is not null or num_nonnulls(guichet_site, guichet_courriel, guichet_telephone) = 0);
