-- Themes of fiches: those that the folder lists, and no others. $1 réseau, $2 fiches as JSON; those that pages keep
-- are not among them.
with
  lues as (
    select x.code as fiche, theme
    from jsonb_to_recordset($2) as x (code text, themes text[])
    cross join unnest(x.themes) as theme
  ),
  retirees as (
    delete from fiche_theme ft
    using fiche f
    where ft.reseau = $1 and f.reseau = ft.reseau and f.code = ft.fiche and f.origine = 'dossier'
      and (ft.fiche, ft.theme) not in (select fiche, theme from lues)
  )
insert into fiche_theme (reseau, fiche, theme)
select $1, fiche, theme from lues
on conflict do nothing
