-- Partners that the principal keeps: theirs, and those of the réseaux that they coordinate. Null asks for all. $1
-- réseau, $2 partner.
select p.reseau, r.nom as reseau_nom, r.nom_court as reseau_nom_court, r.annee, p.code, o.nom, o.sigle,
  p.reseau = any (mes_coordinations()) as coordonne
from partenaire p
join reseau r on r.code = p.reseau
join organisme o on o.code = p.organisme
where ($1::text is null or p.reseau = $1) and ($2::text is null or p.code = $2)
  and (p.reseau = any (mes_coordinations()) or p.reseau || '/' || p.code = any (mes_partenaires()))
order by r.nom, p.rang, p.code
