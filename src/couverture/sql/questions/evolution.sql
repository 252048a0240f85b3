-- Demandes of each unit in the period, and in the same days of the year before. Units that made none in
-- either are left out.
with
  -- The same day a year before; 29 February becomes 28.
  jours as (
    select ($4::date - interval '1 year')::date as du, ($5::date - interval '1 year')::date as au
  ),
  comptees as (
    select coalesce(a.code, b.code) as code, coalesce(b.demandes, 0) as avant,
      coalesce(a.demandes, 0) as apres
    from demandes_des_unites($1, $2, $3, $4, $5, $6, $7, $10, null) a
    full join (
      select d.code, d.demandes
      from jours j
      cross join lateral demandes_des_unites($1, $2, $3, j.du, j.au, $6, $7, $10, null) d
    ) b on b.code = a.code
  ),
  dedans as (
    select c.*, coalesce(t.nom, g.nom) as nom
    from comptees c
    left join territoire t on t.edition = $6 and t.maille = $10 and t.code = c.code
    left join regroupement g on $10 = 'regroupement' and g.reseau || '/' || g.code = c.code
    where $8::maille is null
      or ($10 = 'commune' and c.code in (select d.code from communes_de($6, $8, $9) d))
      or ($10 = 'epci' and c.code in (select e from epci_de($6, $8, $9) e))
      or ($10 not in ('commune', 'epci') and c.code = $9)
  )
select jsonb_build_object(
  'du_avant', (select du from jours), 'au_avant', (select au from jours),
  'avant', coalesce(sum(avant), 0), 'apres', coalesce(sum(apres), 0),
  'evolution', round((sum(apres) - sum(avant)) / nullif(sum(avant), 0), 4),
  'nouvelles', count(*) filter (where avant = 0),
  'perdues', count(*) filter (where apres = 0),
  'unites', coalesce(jsonb_object_agg(code, jsonb_build_object(
    'nom', nom, 'avant', avant, 'apres', apres)), '{}'))
from dedans
