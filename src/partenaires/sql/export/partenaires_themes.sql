-- $1 réseau.
select pt.partenaire, pt.theme
from partenaire_theme pt
join partenaire p on p.reseau = pt.reseau and p.code = pt.partenaire
join theme t on t.reseau = pt.reseau and t.code = pt.theme
where pt.reseau = $1
order by p.rang, p.code collate "C", t.rang, t.code collate "C"
