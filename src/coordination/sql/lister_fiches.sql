-- $1 réseau.
select f.code, f.titre, f.fin,
  (select string_agg(t.libelle, ', ' order by t.rang)
   from fiche_theme ft join theme t on t.reseau = ft.reseau and t.code = ft.theme
   where ft.reseau = f.reseau and ft.fiche = f.code) as themes,
  (select string_agg(coalesce(o.sigle, o.nom), ', ' order by p.rang)
   from fiche_partenaire fp
   join partenaire p on p.reseau = fp.reseau and p.code = fp.partenaire
   join organisme o on o.code = p.organisme
   where fp.reseau = f.reseau and fp.fiche = f.code) as partenaires
from fiche f
where f.reseau = $1
order by f.rang, f.code
