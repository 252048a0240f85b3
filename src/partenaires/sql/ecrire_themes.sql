-- $1 réseau, $2 its themes as JSON.
insert into theme (reseau, code, libelle, parent, rang, mots_cles, fin)
select $1, x.code, x.libelle, x.parent, x.rang, x.mots_cles, x.fin
from jsonb_to_recordset($2) as x (
  code text, libelle text, parent text, rang smallint, mots_cles text[], fin date)
on conflict (reseau, code) do update set
  libelle = excluded.libelle, parent = excluded.parent, rang = excluded.rang,
  mots_cles = excluded.mots_cles, fin = excluded.fin
