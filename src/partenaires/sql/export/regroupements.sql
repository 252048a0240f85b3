-- $1 réseau.
select code, nom, genre, regle, source
from regroupement
where reseau = $1
order by code collate "C"
