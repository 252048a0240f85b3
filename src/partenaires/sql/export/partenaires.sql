-- $1 réseau.
select p.code, o.nom, o.sigle, o.type, o.siren, p.site, p.courriel, p.telephone, p.description, p.role,
  p.debut::text, p.fin::text, p.cadre
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1
order by p.rang, p.code collate "C"
