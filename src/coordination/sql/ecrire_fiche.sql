-- $1 réseau, $2 code, $3 what its form says, as JSON.
with dite as (
  select * from jsonb_populate_record(null::fiche, $3)
),
changee as (
  update fiche f
  set titre = d.titre, description = d.description, genre = d.genre, niveau = d.niveau, cout = d.cout,
    conditions = d.conditions, phases = d.phases, expertises = d.expertises, publics = d.publics,
    mots_cles = d.mots_cles, fin = d.fin, origine = 'page'
  from dite d
  where f.reseau = $1 and f.code = $2
  returning f.code
)
insert into fiche (
  reseau, code, rang, titre, description, genre, niveau, cout, conditions, phases, expertises, publics,
  mots_cles, fin, origine)
select $1, $2, (select coalesce(max(rang) + 1, 0) from fiche where reseau = $1), d.titre, d.description,
  d.genre, d.niveau, d.cout, d.conditions, d.phases, d.expertises, d.publics, d.mots_cles, d.fin, 'page'
from dite d
where not exists (select from changee)
