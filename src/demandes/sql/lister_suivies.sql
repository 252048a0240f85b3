-- The demandes of a réseau that the principal keeps, drafts and what does not count included, the latest first.
-- $1 réseau, $2 partner, $3 state (null: all), $4 those before this number, of the page before, $5 how many.
select s.id, s.revision, s.reference, d.date, d.themes, d.partenaires, d.maille, d.beneficiaire, s.objet, s.etat,
  d.reponse, d.cloture, d.comptee
from demande_suivie s
join demande d on d.id = s.id
where s.reseau = $1 and s.revision is not null
  and ($2::text is null or $2 = any (d.partenaires))
  and ($3::text is null or s.etat = $3)
  and ($4::bigint is null or (d.date, d.id) < (select a.date, a.id from demande a where a.id = $4))
order by d.date desc, d.id desc
limit $5
