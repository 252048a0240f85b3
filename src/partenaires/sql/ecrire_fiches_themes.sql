insert into fiche_theme (reseau, fiche, theme)
select $1, x.code, theme
from jsonb_to_recordset($2) as x (code text, themes text[])
cross join unnest(x.themes) as theme
