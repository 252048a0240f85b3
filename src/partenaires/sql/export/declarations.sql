-- $1 réseau.
select partenaire, theme, date::text
from declaration
where reseau = $1
order by partenaire collate "C", theme collate "C" nulls first
