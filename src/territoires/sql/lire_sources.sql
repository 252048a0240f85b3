-- $1 edition, or null for the newest that has contours: where its rows come from.
select s.nom, s.licence, s.date_source as date
from source_edition s
where s.edition = coalesce($1, edition_des_contours('{}'))
order by s.rang
