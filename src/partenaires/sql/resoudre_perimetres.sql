-- The perimeter of each réseau in the codes of each millésime. $1 réseau, or null for all.
insert into perimetre_actuel (reseau, millesime, maille, code)
select distinct p.reseau, m.annee, p.maille, t.code
from perimetre p
cross join millesime m
left join succession s
  on s.reseau = p.reseau and s.millesime = m.annee and s.maille = p.maille and s.ancien = p.code
  and s.de = p.millesime
join territoire t
  on t.edition = m.edition and t.maille = p.maille and t.code = coalesce(s.code, p.code)
where $1::text is null or p.reseau = $1
