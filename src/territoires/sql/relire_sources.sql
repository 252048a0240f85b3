-- Where the rows of an edition ($1) come from, and what each source gives.
select s.rang, s.nom, s.licence, s.date_source as date, a.apport, a.millesime, a.departements, a.complet
from source_edition s
join apport_edition a using (edition, rang)
where s.edition = $1
order by s.rang, a.apport
