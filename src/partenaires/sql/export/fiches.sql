-- $1 réseau.
select f.code, f.titre, f.description, f.genre, f.niveau, f.cout, f.conditions,
  array_to_string(f.phases, '|') as phases,
  array_to_string(f.expertises, '|') as expertises,
  array_to_string(f.publics, '|') as publics,
  array_to_string(f.mots_cles, '|') as mots_cles,
  (
    select string_agg(t.code, '|' order by t.rang, t.code collate "C")
    from fiche_theme ft
    join theme t on t.reseau = ft.reseau and t.code = ft.theme
    where ft.reseau = f.reseau and ft.fiche = f.code) as themes,
  f.fin::text
from fiche f
where f.reseau = $1
order by f.rang, f.code collate "C"
