-- Themes that a partner may have, under their groups: the last level, offered today or its own. $1 réseau, $2 partner.
select t.code, t.libelle || case when t.fin < current_date then ' (terminé)' else '' end, g.libelle
from theme t
left join theme g on g.reseau = t.reseau and g.code = t.parent
where t.reseau = $1
  and not exists (select from theme d where d.reseau = t.reseau and d.parent = t.code)
  and (coalesce(t.fin >= current_date, true) or exists (
    select from partenaire_theme pt
    where pt.reseau = t.reseau and pt.theme = t.code and pt.partenaire = $2))
order by coalesce(g.rang, t.rang), g.code nulls first, t.rang, t.code
