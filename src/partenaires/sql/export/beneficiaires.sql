-- $1 réseau.
select code, nom, nature, siren
from beneficiaire
where reseau = $1
order by code collate "C"
