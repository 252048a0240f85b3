-- Demandes of these partners that came from a table and that this one does not have, by year. $1 réseau, $2 partners,
-- $3 those that it has, $4 and $5 partners and references of the rows that were refused: they have not gone.
select extract(year from t.date)::integer as annee, count(*) as nombre, array_agg(t.id) as lesquelles
from demandes_des_tableaux($1, $2) t
where not exists (select from unnest($3::bigint[]) as la (id) where la.id = t.id)
  and not exists (
    select from unnest($4::text[], $5::text[]) as refusee (partenaire, reference)
    where refusee.partenaire = t.partenaire and refusee.reference = t.reference)
group by 1
order by 1
