-- The values of an indicator on the units of a maille, whatever the millésime they were published in.
-- $1 indicator, $2 period, $3 edition and $4 millésime of the units, $5 maille, $6 and $7 the place
-- (maille and code; null for the country).
with
  definition as materialized (select * from indicateur where code = $1),
  communes as materialized (
    select t.code,
      case $5
        when 'commune' then t.code when 'epci' then t.epci
        when 'departement' then t.departement else t.region
      end as unite
    from territoire t
    where t.edition = $3 and t.maille = 'commune'
      and ($6::maille is null or case $6
        when 'commune' then t.code = $7 when 'epci' then t.epci = $7
        when 'departement' then t.departement = $7 else t.region = $7
      end)
  ),
  unites as materialized (select distinct unite as code from communes where unite is not null),
  -- What adds up: the indicator itself, or the two parts of a ratio.
  additifs as (
    select 1 as role, coalesce(numerateur, code) as indicateur
    from definition
    where nature = 'stock' or numerateur is not null
    union all
    select 2, denominateur from definition where denominateur is not null
  ),
  -- Of several publications of one period, the one whose communes are the nearest.
  jeux as materialized (
    select distinct on (a.role) a.role, j.id, j.millesime
    from additifs a
    join jeu j on j.indicateur = a.indicateur and j.periode = $2 and j.maille = 'commune'
    order by a.role, abs(j.millesime - $4), j.millesime desc
  ),
  -- Going back, towards several communes at once, a share is not known.
  converties as (
    select j.role, coalesce(p.nouveau, v.code) as code,
      v.valeur * coalesce(p.part, 1) as valeur, v.etat,
      p.nouveau is not null and p.part is null as incertaine
    from jeux j
    join valeur v on v.jeu = j.id
    left join passage p
      on p.vers = $4 and p.ancien = v.code and j.millesime between p.depuis and p.jusqu
  ),
  sommes as (
    select c.unite, k.role, sum(k.valeur) as valeur, count(k.valeur) as connues,
      count(*) filter (where k.etat = 'secret') as secretes,
      count(*) filter (where k.etat = 'non_disponible') as absentes,
      bool_or(k.incertaine) as incertaine
    from converties k
    join communes c on c.code = k.code
    group by c.unite, k.role
  ),
  additives as (
    select unite, role, valeur,
      case
        when incertaine then 'non_calculable'
        when connues > 0 then 'valeur'
        when secretes > 0 then 'secret'
        when absentes > 0 then 'non_disponible'
        else 'sans_objet'
      end as etat,
      connues > 0 and secretes + absentes > 0 as partielle
    from sommes
  ),
  -- What was measured on a unit is worth nothing on another: neither on the sum of its communes, nor
  -- on a commune that has changed since.
  propres as (
    select u.code as unite, v.valeur,
      case
        when j.id is null then 'non_calculable'
        when exists (
          select from passage p
          where p.vers = $4 and $5 = 'commune' and p.nouveau = u.code
            and j.millesime between p.depuis and p.jusqu) then 'non_calculable'
        else coalesce(v.etat::text, 'non_disponible')
      end as etat
    from definition d
    cross join unites u
    left join lateral (
      select j.id, j.millesime
      from jeu j
      where j.indicateur = d.code and j.periode = $2 and j.maille = $5
      order by abs(j.millesime - $4), j.millesime desc
      limit 1) j on true
    left join valeur v on v.jeu = j.id and v.code = u.code
    where d.nature <> 'stock' and d.numerateur is null
  ),
  calculees as (
    select u.code as unite,
      case when d.numerateur is null then n.valeur
        else n.valeur / nullif(q.valeur, 0) * d.facteur end as valeur,
      case
        when d.numerateur is null then coalesce(n.etat, 'non_disponible')
        when 'non_calculable' in (n.etat, q.etat) then 'non_calculable'
        when coalesce(n.etat, 'non_disponible') <> 'valeur' then coalesce(n.etat, 'non_disponible')
        when coalesce(q.etat, 'non_disponible') <> 'valeur' then coalesce(q.etat, 'non_disponible')
        when q.valeur = 0 then 'sans_objet'
        else 'valeur'
      end as etat,
      coalesce(n.partielle, false) or coalesce(q.partielle, false) as partielle
    from definition d
    cross join unites u
    left join additives n on n.unite = u.code and n.role = 1
    left join additives q on q.unite = u.code and q.role = 2
    where d.nature = 'stock' or d.numerateur is not null
    union all
    select unite, valeur, etat, false from propres
  )
select
  coalesce(array_agg(unite order by unite), '{}') as codes,
  coalesce(array_agg(case when etat = 'valeur' then valeur end order by unite), '{}') as valeurs,
  coalesce(array_agg(etat order by unite), '{}') as etats,
  coalesce(array_agg(unite order by unite) filter (where partielle and etat = 'valeur'), '{}')
    as partielles,
  (select array_agg(distinct millesime) from jeux) as millesimes
from calculees
