-- How many demandes the principal keeps, by year and state. $1 réseau, $2 partner that leads or is called in (null: all).
select extract(year from d.date)::integer as annee, s.etat, count(*) as nombre
from demande_suivie s
join demande d on d.id = s.id
where s.reseau = $1 and s.revision is not null and d.fusionnee is null
  and ($2::text is null or $2 = any (d.partenaires))
group by 1, 2
order by 1 desc, 2
