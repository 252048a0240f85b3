-- What the zones and the demandes say of each unit of a réseau, and in all.
-- $1 réseau, $2 theme, $3 partner, $4 year, $5 edition and $6 millésime of the units, $7 maille, $8 and
-- $9 the place that the answer is about (maille and code; null for the whole réseau), $10 edition and
-- $11 millésime of the totals (null for the perimeter as the réseau states it).
with
  -- The perimeter's communes, the unit that holds each, and whether it is inside the place.
  communes as materialized (
    select t.code, t.departement, t.region,
      case $7
        when 'commune' then t.code when 'epci' then t.epci
        when 'departement' then t.departement else t.region
      end as unite,
      $8::maille is null or case $8
        when 'commune' then t.code = $9 when 'epci' then t.epci = $9
        when 'departement' then t.departement = $9 else t.region = $9
      end as dedans
    from perimetre_actuel p
    join territoire t on t.edition = $5 and t.maille = 'commune' and t.code = p.code
    where p.reseau = $1 and p.millesime = $6 and p.maille = 'commune'
  ),
  -- Its EPCI inside the place.
  epci as materialized (
    select p.code
    from perimetre_actuel p
    where p.reseau = $1 and p.millesime = $6 and p.maille = 'epci'
      and ($8 is null or p.code in (select e from epci_de($5, $8, $9) e))
  ),
  -- The units of the answer. A unit larger than the place is not inside it.
  unites as materialized (
    select t.code, t.nom, t.point, t.etat_contour, t.remarque_contour
    from (
      select code from communes where $7 = 'commune' and dedans
      union all
      select code from epci where $7 = 'epci'
      union all
      select distinct unite from communes
      where ($7 = 'departement' and ($8 is null or $8 in ('departement', 'region') and dedans))
        or ($7 = 'region' and ($8 is null or $8 = 'region' and dedans))
    ) u
    join territoire t on t.edition = $5 and t.maille = $7 and t.code = u.code
  ),
  -- Communes and the partners whose zones in force cover them. A commune in two zones of one
  -- partner is there once.
  aidees as materialized (
    select c.code, c.unite, c.dedans, a.partenaire
    from communes_aidees($1, $2, $3, $4, $6) a
    join communes c on c.code = a.commune
  ),
  partenaires as (select * from partenaires_concernes($1, $2, $3)),
  -- The year's demandes of the place, each once, with what its beneficiary's code has become.
  demandes as materialized (select * from demandes_de($1, $2, $3, $4, $5, $6, $8, $9)),
  -- Those of each unit: a commune or an EPCI its own, a larger unit those of its communes.
  demandes_par_unite as (
    select d.unite, count(*) as demandes
    from (
      select d.actuel as unite from demandes d where d.maille = $7::text
      union all
      select case $7 when 'departement' then t.departement else t.region end
      from demandes d
      join territoire t on t.edition = $5 and t.maille = 'commune' and t.code = d.actuel
      where $7 in ('departement', 'region') and d.maille = 'commune'
    ) d
    group by d.unite
  ),
  comptees as materialized (
    select u.*, coalesce(a.partenaires, 0) as partenaires, coalesce(d.demandes, 0) as demandes
    from unites u
    left join (
      select p.unite, count(*) as partenaires
      from (select distinct unite, partenaire from aidees) p
      group by p.unite
    ) a on a.unite = u.code
    left join demandes_par_unite d on d.unite = u.code
  ),
  -- The perimeter that the totals count: as the réseau states it, in its own millésime, or in the
  -- codes of another; inside the place by what each code has become on the map.
  perimetre_compte as (
    select p.maille, p.code, p.nom, p.millesime
    from perimetre p
    where p.reseau = $1 and $10::integer is null
    union all
    select p.maille, p.code, t.nom, p.millesime
    from perimetre_actuel p
    join territoire t on t.edition = $10 and t.maille = p.maille and t.code = p.code
    where p.reseau = $1 and p.millesime = $11::smallint
  ),
  reference as materialized (
    select p.maille, p.code, p.nom, t.code as actuel, t.nom as actuel_nom
    from perimetre_compte p
    left join lateral (
      select coalesce((
          select c.nouveau
          from passage c
          where c.vers = $6 and c.ancien = p.code and p.millesime between c.depuis and c.jusqu
          order by c.part desc nulls last, c.nouveau = p.code desc, c.nouveau
          limit 1), p.code) as code
      where p.maille = 'commune'
    ) a on true
    left join territoire t
      on t.edition = $5 and t.maille = p.maille and t.code = coalesce(a.code, p.code)
    where ($8 is null
        or (p.maille = 'commune' and t.code in (select code from communes where dedans))
        or (p.maille = 'epci' and p.code in (select code from epci)))
  ),
  -- A commune is served by its own demandes, whole: those whose code is, or comes to, its own in the
  -- millésime of the totals; when the perimeter does not have that code, by what it has become.
  aidees_par_demande as materialized (
    select distinct case when c.code in (select code from reference where maille = 'commune')
      then c.code else d.actuel end as code
    from demandes d
    left join succession s
      on s.reseau = d.reseau and s.maille = 'commune' and s.ancien = d.beneficiaire
      and s.de = d.millesime
      and s.millesime = coalesce($11, (select r.millesime from reseau r where r.code = $1))
    cross join lateral (select coalesce(s.code, d.beneficiaire) as code) c
    where d.maille = 'commune'
  ),
  servies as (
    select count(*) as nombre
    from reference r join aidees_par_demande a on a.code = r.code
    where r.maille = 'commune'
  ),
  -- What the map cannot show where it was said: codes that have gone, units without contour, and
  -- demandes from outside the perimeter.
  non_dessinees as (
    select r.code, r.nom,
      (select count(*) from demandes d where d.maille = r.maille::text and d.beneficiaire = r.code)
        as demandes,
      case
        when r.actuel is null then format('Ce code n''existe plus dans le millésime %s.', $6)
        else format('Commune réunie à %s (%s), où elle est comptée.', r.actuel_nom, r.actuel)
      end as raison
    from reference r
    where r.maille = $7 and r.actuel is distinct from r.code
    union all
    select c.code, c.nom, c.demandes, coalesce(c.remarque_contour, 'Son contour manque.')
    from comptees c
    where c.etat_contour = 'absent'
    union all
    select d.beneficiaire, coalesce(min(t.nom), d.beneficiaire), count(*),
      'Hors du périmètre du réseau.'
    from demandes d
    left join territoire t on t.edition = $5 and t.maille = $7 and t.code = d.actuel
    where d.maille = $7::text and d.actuel not in (select code from unites)
      and d.beneficiaire not in (select code from reference)
    group by d.beneficiaire
  )
select
  jsonb_build_object(
    'unites', (select count(*) from comptees),
    'unites_couvertes', (select count(*) from comptees where partenaires > 0),
    'partenaires', (select count(*) from partenaires),
    'partenaires_presents', (select count(distinct partenaire) from aidees where dedans),
    'partenaires_sans_zone', (select count(*) from partenaires where not zone_declaree),
    'demandes', count(*),
    'demandes_communes', count(*) filter (where d.maille = 'commune'),
    'demandes_epci', count(*) filter (where d.maille = 'epci'),
    'demandes_autres', count(*) filter (where d.maille = 'autre'),
    'communes_servies', (select nombre from servies),
    'communes', (select count(*) from reference where maille = 'commune'),
    'epci_servis', count(distinct d.beneficiaire) filter (
      where d.maille = 'epci'
        and d.beneficiaire in (select code from reference where maille = 'epci')),
    'epci', (select count(*) from reference where maille = 'epci'),
    'autres_servis', count(distinct d.beneficiaire) filter (where d.maille = 'autre')
  ) as totaux,
  (select coalesce(jsonb_object_agg(c.code, jsonb_build_object(
      'nom', c.nom, 'partenaires', c.partenaires, 'demandes', c.demandes,
      'point', degres(c.point))), '{}')
   from comptees c) as unites,
  (select coalesce(jsonb_agg(to_jsonb(n) order by n.code), '[]') from non_dessinees n)
    as non_dessinees
from demandes d
