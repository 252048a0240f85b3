-- Communes of some EPCI that the perimeter of a réseau has not. $1 réseau, $2 codes of EPCI.
select 'commune' as maille, t.code, t.nom
from edition_dessinee() d
join territoire t on t.edition = d.edition and t.maille = 'commune' and t.epci = any ($2)
where not exists (
  select from perimetre_actuel p
  where p.reseau = $1 and p.millesime = d.millesime and p.maille = 'commune' and p.code = t.code)
order by t.cle
