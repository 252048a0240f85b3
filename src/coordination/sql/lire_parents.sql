-- Themes that another may be put under: of the first level, that only group or do nothing yet. None for one that
-- groups others itself. $1 réseau, $2 the theme that would go there.
select t.code, t.libelle
from theme t
where t.reseau = $1 and t.parent is null and t.code is distinct from $2
  and not exists (select from theme d where d.reseau = $1 and d.parent = $2)
  and (exists (select from theme d where d.reseau = $1 and d.parent = t.code)
    or not exists (
      select from citations($1, 'theme', t.code) c where c.partenaires + c.zones + c.demandes > 0))
order by t.rang, t.code
