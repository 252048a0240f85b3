-- The communes of each regroupement in the codes of each millésime. $1 réseau, or null for all.
insert into regroupement_actuel (reseau, millesime, unite, commune, partagee)
select g.reseau, m.annee, g.reseau || '/' || g.regroupement, t.code, bool_or(g.partagee)
from regroupement_commune g
cross join millesime m
left join succession s
  on s.reseau = g.reseau and s.millesime = m.annee and s.maille = 'commune' and s.ancien = g.commune
  and s.de = g.millesime
join territoire t
  on t.edition = m.edition and t.maille = 'commune' and t.code = coalesce(s.code, g.commune)
where $1::text is null or g.reseau = $1
group by g.reseau, m.annee, g.regroupement, t.code
