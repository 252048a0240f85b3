-- Whom a report may be about, beside the whole réseau, with the words of a form. $1 réseau.
select 'partenaire:' || p.code as valeur, o.nom, 1 as rang, p.rang as ordre
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1
union all
select 'epci:' || p.code, p.nom, 2, 0
from perimetre p
where p.reseau = $1 and p.maille = 'epci'
union all
select 'regroupement:' || g.code, g.nom, 3, 0
from regroupement g
where g.reseau = $1
order by 3, 4, 2
