-- How demandes share out: counted by one thing that is known of each, then by two of them at once. A demande that has
-- several themes or partners counts for each. $1 to $9 as `Filtre::arguments` gives them, $10 millésime in whose codes
-- the communes that were served are counted.
with
  demandes as materialized (
    select d.id, d.date, d.themes, d.partenaires, d.maille, d.actuel, d.reseau, d.beneficiaire, v.etat, v.jours,
      -- What a commune is called in the millésime of the shares.
      case when d.maille = 'commune' then coalesce(s.code, d.beneficiaire) end as servie,
      -- The EPCI that asked, or that of the commune that did.
      case d.maille when 'epci' then d.actuel when 'commune' then t.epci end as epci,
      t.population
    from demandes_de($1, $2, $3, $4, $5, $6, $7, $8, $9) d
    -- States and days are told to those who follow the demandes.
    left join demande_suivie v on v.id = d.id
    left join succession s
      on s.reseau = d.reseau and s.millesime = $10 and s.maille = 'commune' and s.ancien = d.beneficiaire
      and s.de = d.millesime and d.maille = 'commune'
    left join territoire t
      on t.edition = $6 and t.maille = 'commune' and t.code = d.actuel and d.maille = 'commune'
  ),
  -- All that is known of each, a row each.
  etiquettes as materialized (
    select id, 'tout' as axe, '' as code from demandes
    union all
    select d.id, 'theme', theme from demandes d cross join unnest(d.themes) theme
    union all
    -- Two themes of one domain are that domain once.
    select distinct d.id, 'domaine', coalesce(t.parent, t.code)
    from demandes d
    cross join unnest(d.themes) theme
    join theme t on t.reseau = d.reseau and t.code = theme
    union all
    select d.id, 'partenaire', partenaire from demandes d cross join unnest(d.partenaires) partenaire
    union all
    select id, 'mois', to_char(date, 'YYYY-MM') from demandes
    union all
    select id, 'etat', etat from demandes where etat is not null
    union all
    select id, 'beneficiaire', maille from demandes
    union all
    select id, 'epci', epci from demandes where epci is not null
    union all
    select id, 'commune', actuel from demandes where maille = 'commune'
    union all
    select id, 'taille', width_bucket(population, array[500, 1000, 2000, 5000])::text
    from demandes
    where maille = 'commune' and population is not null
  ),
  comptees as (
    select axe, code, null as autre_axe, null as autre, id from etiquettes
    union all
    select a.axe, a.code, b.axe, b.code, a.id
    from etiquettes a
    join etiquettes b on b.id = a.id and b.axe <> a.axe and b.axe <> 'tout'
    where a.axe not in ('tout', 'mois', 'etat', 'beneficiaire', 'commune', 'taille')
  )
select c.axe, c.code, c.autre_axe, c.autre, count(*) as demandes,
  count(distinct d.servie) as communes,
  -- The same in the codes of the map.
  count(distinct d.actuel) filter (where d.maille = 'commune') as communes_actuelles,
  count(distinct d.actuel) filter (where d.maille = 'epci') as epci,
  count(distinct d.beneficiaire) filter (where d.maille = 'autre') as autres,
  sum(d.jours)::float8 as jours
from comptees c
join demandes d on d.id = c.id
group by c.axe, c.code, c.autre_axe, c.autre
order by c.axe, c.autre_axe nulls first, c.code, demandes desc, c.autre
