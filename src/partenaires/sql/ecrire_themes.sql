-- $1 réseau, $2 its themes as JSON.
insert into theme (reseau, code, libelle, parent, rang, mots_cles, recherche)
select $1, x.code, x.libelle, x.parent, x.rang, x.mots_cles,
  setweight(to_tsvector('francais', x.libelle), 'A')
    || setweight(to_tsvector('francais', array_to_string(x.mots_cles, ' ; ')), 'B')
from jsonb_to_recordset($2) as x (
  code text, libelle text, parent text, rang smallint, mots_cles text[])
on conflict (reseau, code) do update set
  libelle = excluded.libelle, parent = excluded.parent, rang = excluded.rang,
  mots_cles = excluded.mots_cles, recherche = excluded.recherche
