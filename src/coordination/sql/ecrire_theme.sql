-- $1 réseau, $2 code, $3 what its form says, as JSON.
with dite as (
  select * from jsonb_populate_record(null::theme, $3)
),
changee as (
  update theme t
  set libelle = d.libelle, parent = d.parent, mots_cles = d.mots_cles, fin = d.fin, origine = 'page'
  from dite d
  where t.reseau = $1 and t.code = $2
  returning t.code
)
insert into theme (reseau, code, libelle, parent, rang, mots_cles, fin, origine)
select $1, $2, d.libelle, d.parent, (select coalesce(max(rang) + 1, 0) from theme where reseau = $1),
  d.mots_cles, d.fin, 'page'
from dite d
where not exists (select from changee)
