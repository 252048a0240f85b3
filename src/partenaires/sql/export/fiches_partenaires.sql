-- $1 réseau.
select fp.fiche, fp.partenaire, fp.niveau, fp.cout, fp.conditions
from fiche_partenaire fp
join fiche f on f.reseau = fp.reseau and f.code = fp.fiche
join partenaire p on p.reseau = fp.reseau and p.code = fp.partenaire
where fp.reseau = $1
order by f.rang, f.code collate "C", p.rang, p.code collate "C"
