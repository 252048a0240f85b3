-- How the tables of a partner ($2, or null) of a réseau ($1) are read: $3 columns, $4 values.
insert into correspondance as c (reseau, partenaire, colonnes, valeurs)
values ($1, $2, $3, $4)
on conflict (reseau, partenaire) do update
set colonnes = excluded.colonnes, valeurs = excluded.valeurs
where (c.colonnes, c.valeurs) is distinct from (excluded.colonnes, excluded.valeurs)
