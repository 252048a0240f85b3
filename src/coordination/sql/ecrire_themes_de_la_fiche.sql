-- $1 réseau, $2 fiche, $3 its themes as JSON: these, and no others.
with
  dits as (select jsonb_array_elements_text($3) as theme),
  retires as (
    delete from fiche_theme ft
    where ft.reseau = $1 and ft.fiche = $2 and ft.theme not in (select theme from dits)
  )
insert into fiche_theme (reseau, fiche, theme)
select $1, $2, theme from dits
on conflict do nothing
