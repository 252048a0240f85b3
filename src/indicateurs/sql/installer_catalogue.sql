-- $1 the declarations, in order; $2 the file of a user that holds them, null for those of the program;
-- $3 rank before the first.
insert into indicateur (
  code, rang, theme, libelle, description, unite, nature, numerateur, denominateur, facteur,
  producteur, source, licence, site, sens, decimales, seuil_secret, modalites, affiche,
  fichier, declaration)
select d.code, e.rang + $3, d.theme, d.libelle, d.description, d.unite, d.nature, d.numerateur,
  d.denominateur, d.facteur, d.producteur, d.source, d.licence, d.site, d.sens, d.decimales,
  d.seuil_secret, d.modalites, d.affiche, $2, case when $2 is not null then e.declaration end
from jsonb_array_elements($1) with ordinality as e (declaration, rang)
cross join lateral jsonb_to_record(e.declaration) as d (
  code text, theme text, libelle text, description text, unite text, nature nature_indicateur,
  numerateur text, denominateur text, facteur double precision, producteur text, source text,
  licence text, site text, sens smallint, decimales smallint, seuil_secret integer,
  modalites text[], affiche boolean)
on conflict (code) do update set
  rang = excluded.rang, theme = excluded.theme, libelle = excluded.libelle,
  description = excluded.description, unite = excluded.unite, nature = excluded.nature,
  numerateur = excluded.numerateur, denominateur = excluded.denominateur,
  facteur = excluded.facteur, producteur = excluded.producteur, source = excluded.source,
  licence = excluded.licence, site = excluded.site, sens = excluded.sens,
  decimales = excluded.decimales, seuil_secret = excluded.seuil_secret,
  modalites = excluded.modalites, affiche = excluded.affiche,
  fichier = excluded.fichier, declaration = excluded.declaration
