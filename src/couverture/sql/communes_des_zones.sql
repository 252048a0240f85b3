-- The partners that a question is about, and the communes of the perimeter that their zones in force
-- cover, each once. $1 réseaux, $2 theme, $3 partner, $4 day, $5 millésime of the communes.
select p.code, o.nom, o.sigle,
  coalesce(array_agg(c.commune order by c.commune) filter (where c.commune is not null), '{}')
    as communes
from partenaires_concernes($1, $2, $3, $4) k
join partenaire p on p.reseau = k.reseau and p.code = k.code
join organisme o on o.code = p.organisme
left join communes_aidees($1, $2, $3, $4, $5) c on c.reseau = p.reseau and c.partenaire = p.code
group by p.code, o.nom, o.sigle
