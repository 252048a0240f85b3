-- $1 réseau, $2 partner.
select d.theme, t.libelle, d.date
from declaration d
left join theme t on t.reseau = d.reseau and t.code = d.theme
where d.reseau = $1 and d.partenaire = $2
order by d.theme is not null, t.rang, t.code
