-- Themes that have none under them, partners and fiches of a réseau, those that are still proposed; and whether they are
-- those of a partner. $1 réseau, $2 partner, or null.
select 'theme' as genre, t.code, t.libelle, t.rang,
  exists (
    select from partenaire_theme x where x.reseau = $1 and x.partenaire = $2 and x.theme = t.code) as sien
from theme t
where t.reseau = $1 and not exists (select from theme s where s.reseau = $1 and s.parent = t.code)
union all
select 'partenaire', p.code, o.nom, p.rang, p.code is not distinct from $2
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1
union all
select 'fiche', f.code, f.titre, f.rang,
  exists (
    select from fiche_partenaire x where x.reseau = $1 and x.partenaire = $2 and x.fiche = f.code)
from fiche f
where f.reseau = $1
order by genre, rang, code
