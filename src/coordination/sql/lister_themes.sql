-- Themes under their groups. $1 réseau.
select t.code, t.libelle, t.parent, t.fin,
  (select count(distinct pt.partenaire)
   from partenaire_theme pt join theme d on d.reseau = pt.reseau and d.code = pt.theme
   where pt.reseau = t.reseau and t.code in (d.code, d.parent)) as partenaires,
  (select count(distinct ft.fiche)
   from fiche_theme ft join theme d on d.reseau = ft.reseau and d.code = ft.theme
   where ft.reseau = t.reseau and t.code in (d.code, d.parent)) as fiches
from theme t
left join theme g on g.reseau = t.reseau and g.code = t.parent
where t.reseau = $1
order by coalesce(g.rang, t.rang), coalesce(g.code, t.code), t.parent nulls first, t.rang, t.code
