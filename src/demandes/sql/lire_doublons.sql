-- Pairs of demandes of two partners that may be one: of the same beneficiary, with a theme in common, at
-- most 60 days apart, both counted, and on which nothing was decided. Each pair once, the older first.
-- $1 réseau. The index on the beneficiary and the date gives the few that follow each demande.
select a.id as premiere, b.id as seconde
from demande a
join demande b
  on b.maille = a.maille and b.beneficiaire = a.beneficiaire
  and b.date between a.date and a.date + 60
  and b.reseau = a.reseau
  and (b.date, b.id) > (a.date, a.id)
  and b.partenaire <> a.partenaire
  and b.themes && a.themes
where a.reseau = $1 and a.comptee and b.comptee
  and not exists (
    select from doublon d
    where d.premiere = least(a.id, b.id) and d.seconde = greatest(a.id, b.id))
