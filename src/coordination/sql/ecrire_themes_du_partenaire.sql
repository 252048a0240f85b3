-- $1 réseau, $2 partner, $3 its themes as JSON: these, and no others.
with
  dits as (select jsonb_array_elements_text($3) as theme),
  retires as (
    delete from partenaire_theme pt
    where pt.reseau = $1 and pt.partenaire = $2 and pt.theme not in (select theme from dits)
  )
insert into partenaire_theme (reseau, partenaire, theme)
select $1, $2, theme from dits
on conflict do nothing
