-- The demandes of pairs, to be told apart by a person. $1 and $2 their ids, in the same order.
select
  a.partenaire || ':' || a.reference as premiere, a.date as premiere_date, a.objet as premiere_objet,
  b.partenaire || ':' || b.reference as seconde, b.date as seconde_date, b.objet as seconde_objet,
  a.maille, a.beneficiaire,
  array(select t from unnest(a.themes) t where t = any (b.themes)) as themes
from unnest($1::bigint[], $2::bigint[]) with ordinality as paire (premiere, seconde, rang)
join demande a on a.id = paire.premiere
join demande b on b.id = paire.seconde
order by a.date, a.reference, b.reference
