-- When the data last changed, and when the edition that is shown was published.
select v.le as donnees, coalesce(
  (select e.publiee_le from edition_dessinee() d join edition e on e.id = d.edition), v.le) as territoires
from version_donnees v
