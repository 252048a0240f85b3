-- Demandes of private individuals: of the reference, its imprint alone. $1 réseau, $2 rows as JSON.
insert into demande_particuliere as p (reseau, partenaire, empreinte, annee, theme, commune, origine)
select distinct on (x.partenaire, x.reference)
  $1, x.partenaire, sha256(convert_to(x.reference, 'UTF8')), x.annee, x.theme, x.commune, 'tableau'
from jsonb_to_recordset($2) as x (
  partenaire text, reference text, annee smallint, theme text, commune text)
order by x.partenaire, x.reference
on conflict (reseau, partenaire, empreinte) do update
set annee = excluded.annee, theme = excluded.theme, commune = excluded.commune,
  origine = excluded.origine
where (p.annee, p.theme, p.commune, p.origine)
  is distinct from (excluded.annee, excluded.theme, excluded.commune, excluded.origine)
