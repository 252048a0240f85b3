-- Those of the réseau alone. A list of nothing but its separator is empty, and is not a cell left blank.
-- $1 réseau.
select mot, coalesce(nullif(array_to_string(equivalents, '|'), ''), '|') as equivalents
from synonyme
where reseau = $1
order by mot collate "C"
