-- Rights in the réseaux that the principal coordinates, with whom they are given to.
select d.id, c.courriel, c.nom, r.nom as reseau_nom, d.role, o.nom as partenaire_nom, c.connecte_le,
  c.desactive_le is not null as desactive
from droit d
join compte c on c.id = d.compte
join reseau r on r.code = d.reseau
left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
left join organisme o on o.code = p.organisme
where d.reseau in (select m.reseau from mes_droits() m where m.role = 'coordinateur')
order by r.nom, c.nom, d.role, o.nom
