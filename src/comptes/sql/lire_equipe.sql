-- Rights in the réseaux that the principal coordinates, with whom they are given to; of an offer that nobody has accepted,
-- what was typed.
select d.id, coalesce(c.courriel, d.courriel) as courriel, coalesce(d.nom, c.nom) as nom, r.nom as reseau_nom, d.role,
  o.nom as partenaire_nom, c.connecte_le, c.desactive_le is not null as desactive, d.accepte_le is null as en_attente
from droit d
-- An administrator reads every account: what was not accepted says nothing of it to them either.
left join compte c on c.id = d.compte and d.accepte_le is not null
join reseau r on r.code = d.reseau
left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
left join organisme o on o.code = p.organisme
where d.reseau in (select m.reseau from mes_droits() m where m.role = 'coordinateur')
order by r.nom, nom, d.role, o.nom
