-- $1 réseau.
select maille::text, code, nom, millesime::text
from perimetre
where reseau = $1
order by maille, code collate "C"
