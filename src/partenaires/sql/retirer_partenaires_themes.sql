-- Themes that partners no longer have, but those of zones from elsewhere, and of partners that pages keep. $1 réseau, $2 the others as JSON.
delete from partenaire_theme pt
where pt.reseau = $1
  and not exists (
    select from partenaire p
    where p.reseau = pt.reseau and p.code = pt.partenaire and p.origine = 'page')
  and (pt.partenaire, pt.theme) not in (
    select x.partenaire, x.theme from jsonb_to_recordset($2) as x (partenaire text, theme text))
  and not exists (
    select from zone z
    where z.reseau = pt.reseau and z.partenaire = pt.partenaire and z.theme = pt.theme)
