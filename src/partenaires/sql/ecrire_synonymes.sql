-- $1 réseau, or null for all of them; $2 synonyms as JSON.
insert into synonyme (reseau, mot, equivalents)
select $1, x.mot, x.equivalents
from jsonb_to_recordset($2) as x (mot text, equivalents text[])
