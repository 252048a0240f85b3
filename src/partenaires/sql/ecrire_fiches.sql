-- $1 réseau, $2 its fiches as JSON.
insert into fiche (
  reseau, code, rang, titre, description, genre, niveau, cout, conditions, phases, expertises, publics,
  mots_cles, fin)
select $1, x.code, x.rang, x.titre, x.description, x.genre, x.niveau, x.cout, x.conditions, x.phases,
  x.expertises, x.publics, x.mots_cles, x.fin
from jsonb_to_recordset($2) as x (
  code text, rang smallint, titre text, description text, genre text, niveau text, cout text,
  conditions text, phases text[], expertises text[], publics text[], mots_cles text[], fin date)
on conflict (reseau, code) do update set
  rang = excluded.rang, titre = excluded.titre, description = excluded.description,
  genre = excluded.genre, niveau = excluded.niveau, cout = excluded.cout,
  conditions = excluded.conditions, phases = excluded.phases, expertises = excluded.expertises,
  publics = excluded.publics, mots_cles = excluded.mots_cles, fin = excluded.fin
