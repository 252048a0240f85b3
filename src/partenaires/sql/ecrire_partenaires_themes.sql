insert into partenaire_theme (reseau, partenaire, theme)
select $1, x.partenaire, x.theme
from jsonb_to_recordset($2) as x (partenaire text, theme text)
on conflict do nothing
