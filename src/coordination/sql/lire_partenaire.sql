-- A partner as its form shows it. $1 réseau, $2 code.
select jsonb_build_object(
  'nom', o.nom, 'sigle', o.sigle, 'siren', o.siren, 'type', o.type, 'role', p.role, 'site', p.site,
  'courriel', p.courriel, 'telephone', p.telephone, 'description', p.description, 'debut', p.debut,
  'fin', p.fin, 'cadre', p.cadre,
  'themes', array(
    select pt.theme from partenaire_theme pt where pt.reseau = p.reseau and pt.partenaire = p.code order by 1))
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1 and p.code = $2
