-- Partners that may give a fiche: members today, or who do already. $1 réseau, $2 fiche.
select p.code, o.nom || coalesce(' (' || o.sigle || ')', '')
  || case when p.fin < current_date then ', adhésion terminée' else '' end as nom,
  fp.fiche is not null as lie
from partenaire p
join organisme o on o.code = p.organisme
left join fiche_partenaire fp on fp.reseau = p.reseau and fp.partenaire = p.code and fp.fiche = $2
where p.reseau = $1 and (coalesce(p.fin >= current_date, true) or fp.fiche is not null)
order by p.rang, p.code
