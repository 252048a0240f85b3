-- Themes that a fiche may have, of both levels: offered today, or its own. $1 réseau, $2 fiche.
select t.code, t.libelle || case when t.fin < current_date then ' (terminé)' else '' end,
  coalesce(g.libelle, case when d.dessous then t.libelle end)
from theme t
left join theme g on g.reseau = t.reseau and g.code = t.parent
cross join lateral (
  select exists (select from theme d where d.reseau = t.reseau and d.parent = t.code) as dessous) d
where t.reseau = $1
  and (coalesce(t.fin >= current_date, true) or exists (
    select from fiche_theme ft where ft.reseau = t.reseau and ft.theme = t.code and ft.fiche = $2))
order by coalesce(g.rang, t.rang), coalesce(g.code, t.code), g.code nulls first, t.rang, t.code
