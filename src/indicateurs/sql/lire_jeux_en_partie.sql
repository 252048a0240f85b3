-- What publications say of some units, as `lire_jeu.sql` says of all. $1 ids, $2 codes. One after the other: together,
-- they would be sorted.
select j.jeu, v.codes, v.valeurs, v.secrets, v.sans_objet
from unnest($1::integer[]) as j (jeu)
cross join lateral (
  select coalesce(array_agg(v.code), '{}') as codes, coalesce(array_agg(v.valeur), '{}') as valeurs,
    coalesce(array_agg(v.code) filter (where v.etat = 'secret'), '{}') as secrets,
    coalesce(array_agg(v.code) filter (where v.etat = 'sans_objet'), '{}') as sans_objet
  from valeur v
  where v.jeu = j.jeu and v.code = any ($2)
) v
