-- The perimeter of a réseau as it is written, under the EPCI of today: each EPCI first, then its communes. $1 réseau.
select p.maille::text as maille, p.code, p.nom, e.code as epci, e.nom as epci_nom
from edition_dessinee() d
cross join perimetre p
left join succession s
  on s.reseau = p.reseau and s.millesime = d.millesime and s.maille = p.maille and s.ancien = p.code
  and s.de = p.millesime
left join territoire t on t.edition = d.edition and t.maille = p.maille and t.code = coalesce(s.code, p.code)
left join territoire e
  on e.edition = d.edition and e.maille = 'epci' and e.code = case p.maille when 'epci' then t.code else t.epci end
where p.reseau = $1
order by e.cle nulls last, e.code, p.maille = 'epci' desc, t.cle, p.code
