-- Communes of the perimeters that made no demande in the period (by default, ever). What a former commune
-- asked serves the one that it has become.
with
  communes as materialized (
    select distinct p.code
    from perimetre_actuel p
    where p.reseau = any ($1) and p.millesime = $7 and p.maille = 'commune'
      and ($8::maille is null or p.code in (select c.code from communes_de($6, $8, $9) c))
  ),
  jamais as (
    select c.code
    from communes c
    where c.code not in (
      select d.actuel from demandes_de($1, $2, $3, $4, $5, $6, $7, null, null) d
      where d.maille = 'commune')
  )
select jsonb_build_object(
  'communes', (select count(*) from communes),
  'jamais_servies', count(*),
  'part', round(count(*)::numeric / nullif((select count(*) from communes), 0), 4),
  'liste', coalesce(jsonb_agg(jsonb_build_object(
      'code', t.code, 'nom', t.nom, 'epci', t.epci, 'population', t.population,
      'point', degres(t.point)) order by t.code), '[]'))
from jamais j
join territoire t on t.edition = $6 and t.maille = 'commune' and t.code = j.code
