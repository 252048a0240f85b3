-- Values that were worked out ($5 codes, $6 values, $7 states) of an indicator ($3) for a period ($4), on the units of
-- a maille ($1) of an edition ($2).
select u.id, u.code, u.nom, u.millesime, u.maille, u.epci, u.departement, u.region, $3 as indicateur, $4 as periode,
  v.valeur, v.etat, u.geometrie
from unnest($5::text[], $6::double precision[], $7::text[]) v (code, valeur, etat)
join diffusion_1.unites u on u.sorte = $1 and u.edition = $2 and u.code = v.code
