-- Départements of the newest millésime that has contours.
select t.code, t.nom
from edition_dessinee() d
join territoire t on t.edition = d.edition and t.maille = 'departement'
order by t.code
