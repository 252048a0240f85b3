-- Values that were worked out ($5 codes, $6 values, $7 states) of an indicator ($3) for a period ($4), on the units of
-- a maille ($1) of an edition ($2).
select u.id, u.code, u.nom, u.millesime, u.maille, u.epci,
  case when u.sorte <> 'epci' then u.departement
    else (select r.departement from diffusion_1.rattachement(u.edition, u.code) r) end as departement,
  case when u.sorte <> 'epci' then u.region
    else (select r.region from diffusion_1.rattachement(u.edition, u.code) r) end as region,
  $3 as indicateur, $4 as periode, v.valeur, v.etat, u.geometrie
from unnest($5::text[], $6::double precision[], $7::text[]) v (code, valeur, etat)
join diffusion_1.unites u on u.sorte = $1 and u.edition = $2 and u.code = v.code
