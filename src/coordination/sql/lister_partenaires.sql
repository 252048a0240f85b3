-- $1 réseau.
select p.code, o.nom, o.sigle, p.role, p.debut, p.fin,
  (select count(*) from partenaire_theme t where t.reseau = p.reseau and t.partenaire = p.code) as themes,
  (select count(*) from fiche_partenaire f where f.reseau = p.reseau and f.partenaire = p.code) as fiches,
  (select count(*) from zone z
   where z.reseau = p.reseau and z.partenaire = p.code and z.etat = 'validee'
     and current_date between z.debut and coalesce(z.fin, 'infinity')) as zones,
  (select max(d.date) from declaration d where d.reseau = p.reseau and d.partenaire = p.code) as declarees
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1
order by coalesce(p.fin < current_date, false), p.rang, p.code
