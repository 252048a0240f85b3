-- What the zones and the demandes say of each unit of a réseau, or of all of them, and in all.
-- $1 réseau (null: all), $2 theme, $3 partner, $4 and $5 first and last day (null: each réseau's own
-- year), $6 edition and $7 millésime of the units, $8 maille, $9 and $10 the place that the answer is about
-- (maille and code; null for everything), $11 edition and $12 millésime of the totals (null for the
-- perimeter as the réseau states it).
with
  -- Communes of perimeters, whether what nobody covers there is known, and whether they are inside the
  -- place. A commune of two réseaux is one.
  communes as materialized (
    select t.code, t.epci, t.departement, t.region, p.renseigne,
      $9::maille is null or t.code in (select c.code from communes_de($6, $9, $10) c) as dedans
    from (
      select p.code, bool_and(k.renseigne) as renseigne
      from perimetre_actuel p
      join reseaux_renseignes($1, $2, $3, $5) k on k.reseau = p.reseau
      where ($1::text is null or p.reseau = $1) and p.millesime = $7 and p.maille = 'commune'
      group by p.code
    ) p
    join territoire t on t.edition = $6 and t.maille = 'commune' and t.code = p.code
  ),
  -- Their EPCI inside the place.
  epci as materialized (
    select distinct p.code
    from perimetre_actuel p
    where ($1 is null or p.reseau = $1) and p.millesime = $7 and p.maille = 'epci'
      and ($9 is null or p.code in (select e from epci_de($6, $9, $10) e))
  ),
  -- The unit of each commune: several when regroupements share it.
  membres as (
    select code as commune,
      case $8::maille
        when 'commune' then code when 'epci' then epci when 'departement' then departement
        else region
      end as unite,
      dedans, renseigne
    from communes
    where $8 <> 'regroupement'
    union all
    select c.code, g.unite, c.dedans, c.renseigne
    from communes c
    join regroupement_actuel g on g.millesime = $7 and g.commune = c.code
    where $8 = 'regroupement' and ($1 is null or g.reseau = $1)
  ),
  -- The units of the answer. A unit larger than the place is not inside it.
  unites as materialized (
    select t.code, t.nom, t.point, t.etat_contour, t.remarque_contour
    from (
      select code from communes where $8 = 'commune' and dedans
      union all
      select code from epci where $8 = 'epci'
      union all
      select distinct unite from membres
      where ($8 = 'departement' and ($9 is null or $9 in ('departement', 'region') and dedans))
        or ($8 = 'region' and ($9 is null or $9 = 'region' and dedans))
    ) u
    join territoire t on t.edition = $6 and t.maille = $8 and t.code = u.code
    union all
    select u.unite, g.nom, null, null, null
    from (select distinct unite from membres where dedans) u
    join regroupement g on $8 = 'regroupement' and u.unite = g.reseau || '/' || g.code
  ),
  -- Communes and the partners whose zones in force cover them.
  aidees as materialized (
    select a.reseau, a.partenaire, a.commune from communes_aidees($1, $2, $3, $5, $7) a
  ),
  aidees_par_unite as (
    select m.unite, count(distinct (a.reseau, a.partenaire)) as partenaires,
      count(distinct a.commune) as communes
    from aidees a join membres m on m.commune = a.commune
    where $8 <> 'commune'
    group by m.unite
    union all
    select a.commune, count(*), 1 from aidees a where $8 = 'commune' group by a.commune
  ),
  -- What nobody covers in a larger unit is known when it is for all its communes.
  communes_par_unite as (
    select unite, count(*) as communes, bool_and(renseigne) as renseigne from membres group by unite
  ),
  partenaires as materialized (select * from partenaires_concernes($1, $2, $3, $5)),
  -- The period's demandes of the place, each once, with what its beneficiary's code has become.
  demandes as materialized (select * from demandes_de($1, $2, $3, $4, $5, $6, $7, $9, $10)),
  -- Those of each unit: a commune or an EPCI its own, a larger unit those of its communes.
  demandes_par_unite as (
    select d.unite, count(*) as demandes
    from (
      select d.actuel as unite from demandes d where d.maille = $8::text
      union all
      select m.unite
      from demandes d
      join membres m on m.commune = d.actuel
      where $8 in ('departement', 'region', 'regroupement') and d.maille = 'commune'
    ) d
    group by d.unite
  ),
  comptees as materialized (
    select u.*, coalesce(a.partenaires, 0) as partenaires, coalesce(d.demandes, 0) as demandes,
      c.communes, coalesce(a.communes, 0) as communes_aidees,
      case
        when a.partenaires > 0 then 'aide' when c.renseigne then 'personne' else 'non_renseigne'
      end as etat
    from unites u
    left join communes_par_unite c on c.unite = u.code
    left join aidees_par_unite a on a.unite = u.code
    left join demandes_par_unite d on d.unite = u.code
  ),
  -- The perimeter that the totals count: as the réseau states it, in its own millésime, or in the
  -- codes of another; inside the place by what each code has become on the map.
  reference as materialized (
    select p.maille, p.code, p.nom, t.code as actuel, t.nom as actuel_nom
    from (
      select p.maille, p.code, p.nom,
        case when p.maille = 'commune' then coalesce(s.code, p.code) else p.code end as actuel
      from perimetre p
      left join succession s
        on s.reseau = p.reseau and s.millesime = $7 and s.maille = 'commune' and s.ancien = p.code
        and s.de = p.millesime and p.maille = 'commune'
      where p.reseau = $1 and $11::integer is null
      union all
      select distinct p.maille, p.code, t.nom,
        case when p.maille = 'commune' and $12 <> $7 then coalesce(c.nouveau, p.code) else p.code end
      from perimetre_actuel p
      join territoire t on t.edition = $11 and t.maille = p.maille and t.code = p.code
      left join lateral (
        select c.nouveau
        from passage c
        where $12::smallint <> $7 and p.maille = 'commune'
          and c.vers = $7 and c.ancien = p.code and p.millesime between c.depuis and c.jusqu
        order by c.part desc nulls last, c.nouveau = p.code desc, c.nouveau
        limit 1
      ) c on true
      where ($1 is null or p.reseau = $1) and p.millesime = $12
    ) p
    left join territoire t on t.edition = $6 and t.maille = p.maille and t.code = p.actuel
    where $9 is null
      or (p.maille = 'commune' and t.code in (select code from communes where dedans))
      or (p.maille = 'epci' and p.code in (select code from epci))
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
      and s.millesime = coalesce($12, (select r.millesime from reseau r where r.code = $1))
    cross join lateral (select coalesce(s.code, d.beneficiaire) as code) c
    where d.maille = 'commune'
  ),
  -- What the map cannot show where it was said: codes that have gone, units without contour, and
  -- demandes from outside the perimeter.
  non_dessinees as (
    select r.code, r.nom,
      (select count(*) from demandes d where d.maille = r.maille::text and d.beneficiaire = r.code)
        as demandes,
      case
        when r.actuel is null then format('Ce code n''existe plus dans le millésime %s.', $7)
        else format('Commune réunie à %s (%s), où elle est comptée.', r.actuel_nom, r.actuel)
      end as raison
    from reference r
    where r.maille = $8 and r.actuel is distinct from r.code
    union all
    select c.code, c.nom, c.demandes, coalesce(c.remarque_contour, 'Son contour manque.')
    from comptees c
    where c.etat_contour = 'absent'
    union all
    select d.beneficiaire, coalesce(min(t.nom), d.beneficiaire), count(*),
      'Hors du périmètre du réseau.'
    from demandes d
    left join territoire t on t.edition = $6 and t.maille = $8 and t.code = d.actuel
    where d.maille = $8::text and d.actuel not in (select code from unites)
      and d.beneficiaire not in (select code from reference)
    group by d.beneficiaire
  )
select t.totaux, u.*, n.non_dessinees
from (
  select jsonb_build_object(
    'unites', (select count(*) from comptees),
    'unites_couvertes', (select count(*) from comptees where etat = 'aide'),
    'unites_sans_partenaire', (select count(*) from comptees where etat = 'personne'),
    'unites_non_renseignees', (select count(*) from comptees where etat = 'non_renseigne'),
    'partenaires', (select count(*) from partenaires),
    'partenaires_presents', (
      select count(distinct (reseau, partenaire))
      from aidees
      where $9 is null or commune in (select code from communes where dedans)),
    'partenaires_non_declares', (select count(*) from partenaires where not zones_declarees),
    'demandes', count(*),
    'demandes_communes', count(*) filter (where d.maille = 'commune'),
    'demandes_epci', count(*) filter (where d.maille = 'epci'),
    'demandes_autres', count(*) filter (where d.maille = 'autre'),
    'communes_servies', (
      select count(*) from reference r join aidees_par_demande a on a.code = r.code
      where r.maille = 'commune'),
    'communes', (select count(*) from reference where maille = 'commune'),
    'epci_servis', count(distinct d.beneficiaire) filter (
      where d.maille = 'epci'
        and d.beneficiaire in (select code from reference where maille = 'epci')),
    'epci', (select count(*) from reference where maille = 'epci'),
    'autres_servis', count(distinct (d.reseau, d.beneficiaire)) filter (where d.maille = 'autre')
  ) as totaux
  from demandes d
) t
cross join (
  select array_agg(c.code) as codes, array_agg(c.nom) as noms, array_agg(c.etat) as etats,
    array_agg(c.partenaires) as partenaires, array_agg(c.demandes) as demandes,
    array_agg(c.communes) as communes, array_agg(c.communes_aidees) as communes_aidees,
    array_agg((degres(c.point))[1]) as longitudes, array_agg((degres(c.point))[2]) as latitudes
  from comptees c
) u
cross join (
  select coalesce(jsonb_agg(to_jsonb(n) order by n.code), '[]') as non_dessinees
  from non_dessinees n
) n
