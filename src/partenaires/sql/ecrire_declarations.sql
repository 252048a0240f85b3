-- $1 réseau, $2 declarations as JSON.
insert into declaration (reseau, partenaire, theme, date)
select $1, x.partenaire, x.theme, x.date
from jsonb_to_recordset($2) as x (partenaire text, theme text, date date)
