-- What the principal may do, with the names that a page shows.
select m.reseau, r.nom as reseau_nom, m.role, m.partenaire, o.nom as partenaire_nom
from mes_droits() m
join reseau r on r.code = m.reseau
left join partenaire p on p.reseau = m.reseau and p.code = m.partenaire
left join organisme o on o.code = p.organisme
order by r.nom, m.role, o.nom
