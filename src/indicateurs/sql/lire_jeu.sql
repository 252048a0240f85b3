-- The values of a publication, in the order of the codes; what is null is not available, unless it is
-- among the secret or the meaningless. $1 its id.
select
  coalesce(array_agg(code), '{}') as codes,
  coalesce(array_agg(valeur), '{}') as valeurs,
  coalesce(array_agg(code) filter (where etat = 'secret'), '{}') as secrets,
  coalesce(array_agg(code) filter (where etat = 'sans_objet'), '{}') as sans_objet
from (select code, valeur, etat from valeur where jeu = $1 order by code) as v
