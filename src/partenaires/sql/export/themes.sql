-- $1 réseau.
select code, libelle, parent, array_to_string(mots_cles, '|') as mots_cles, fin::text
from theme
where reseau = $1
order by rang, code collate "C"
