-- Demandes of each unit, and for a thousand inhabitants: a commune's or an EPCI's own, a larger unit's those
-- of its communes. A unit without any demande is there, with none.
with
  unites as materialized (
    select distinct u.code
    from unites_des_reseaux($1, $6, $7, $10,
      case
        when $8::maille is null then null
        when $10 = 'commune' then array(select c.code from communes_de($6, $8, $9) c)
        when $10 = 'epci' then array(select e from epci_de($6, $8, $9) e)
        else array(
          select case $10 when 'departement' then c.departement else c.region end
          from communes_de($6, $8, $9) c)
      end) u
  ),
  comptees as (
    select u.code, coalesce(t.nom, g.nom) as nom, coalesce(d.demandes, 0) as demandes,
      coalesce(t.population, (
        select sum(c.population)
        from regroupement_actuel a
        join territoire c on c.edition = $6 and c.maille = 'commune' and c.code = a.commune
        where $10 = 'regroupement' and a.unite = u.code and a.millesime = $7)) as population
    from unites u
    left join territoire t on t.edition = $6 and t.maille = $10 and t.code = u.code
    left join regroupement g on $10 = 'regroupement' and g.reseau || '/' || g.code = u.code
    left join demandes_des_unites($1, $2, $3, $4, $5, $6, $7, $10, null) d on d.code = u.code
  )
select jsonb_build_object(
  'demandes', coalesce(sum(demandes), 0),
  'population', sum(population),
  'pour_mille', round(sum(demandes) * 1000.0 / nullif(sum(population), 0), 3),
  'unites', coalesce(jsonb_object_agg(code, jsonb_build_object(
    'nom', nom, 'demandes', demandes, 'population', population,
    'pour_mille', round(demandes * 1000.0 / nullif(population, 0), 3))), '{}'))
from comptees
