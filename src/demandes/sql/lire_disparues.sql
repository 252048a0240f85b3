-- Demandes of these partners that came from a table and that this one does not have, by year. $1 réseau,
-- $2 partners, $3 and $4 partners and references of the rows that were refused: they have not gone.
create temporary table disparue on commit drop as
select d.id, extract(year from d.date)::integer as annee, d.reference
from demande d
where d.reseau = $1 and d.origine = 'tableau' and d.partenaire = any ($2)
  and not exists (
    select from recue r where r.partenaire = d.partenaire and r.reference = d.reference)
  and not exists (
    select from unnest($3::text[], $4::text[]) as refusee (partenaire, reference)
    where refusee.partenaire = d.partenaire and refusee.reference = d.reference)
