-- Themes of a partner that its zones name and that a form leaves out, in words. $1 réseau, $2 partner, $3 themes.
select string_agg(distinct t.libelle, ', ')
from zone z
join theme t on t.reseau = z.reseau and t.code = z.theme
where z.reseau = $1 and z.partenaire = $2 and z.theme <> all ($3)
