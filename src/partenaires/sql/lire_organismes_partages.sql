-- Partners whose body another réseau names otherwise. $1 réseau, $2 its partners as JSON.
select format('%s est déjà connu sous le nom « %s » (Siren %s), que donne un autre réseau : ce nom est gardé.', x.nom, o.nom, o.siren)
from jsonb_to_recordset($2) as x (nom text, siren text)
join organisme o on o.code = x.siren
where o.nom <> x.nom
  and exists (select from partenaire p where p.organisme = o.code and p.reseau <> $1)
order by x.nom
