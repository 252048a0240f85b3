-- Codes and labels of the partners, themes and fiches of a réseau. $1 réseau.
select 'partenaire' as genre, p.code, array_remove(array[o.nom, o.sigle], null) as noms,
  null as parent, p.rang
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1
union all
select 'theme', t.code, array[t.libelle], t.parent, t.rang from theme t where t.reseau = $1
union all
select 'fiche', f.code, array[f.titre], null, f.rang from fiche f where f.reseau = $1
order by genre, rang, code
