-- $1 réseau, $2 demandes as JSON: the partner that leads, and those called in.
insert into demande_partenaire (reseau, reference, partenaire)
select $1, x.reference, x.partenaire
from jsonb_to_recordset($2) as x (reference text, partenaire text)
union
select $1, x.reference, associe
from jsonb_to_recordset($2) as x (reference text, associes text[])
cross join unnest(x.associes) as associe
