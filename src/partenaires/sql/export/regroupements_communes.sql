-- $1 réseau.
select regroupement, commune, millesime::text, case when partagee then 'oui' end as partagee
from regroupement_commune
where reseau = $1
order by regroupement collate "C", commune collate "C"
