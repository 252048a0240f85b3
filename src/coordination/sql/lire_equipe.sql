-- Rights in a réseau, with whom they are given to; of an offer that nobody has accepted, what was typed. $1 réseau.
select d.id, coalesce(c.courriel, d.courriel) as courriel, coalesce(d.nom, c.nom) as nom,
  concat_ws(':', d.reseau, d.role, d.partenaire) as droit, o.nom as partenaire_nom, c.connecte_le,
  c.desactive_le is not null as ferme, d.accepte_le is null as en_attente,
  coalesce(c.id = (select a.compte from acces() a), false) as soi
from droit d
left join compte c on c.id = d.compte and d.accepte_le is not null
left join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
left join organisme o on o.code = p.organisme
where d.reseau = $1
order by nom, d.role, d.partenaire
