-- What the zones and the demandes say of each unit of some réseaux, and in all.
-- $1 to $9 as `Filtre::arguments` gives them, the edition being that of the units; $10 maille, $11 edition and
-- $12 millésime of the totals (null for the perimeter as the réseau states it), $13 level of help and $14 state of
-- the demandes (null for all).
with
  -- Partners who help at the level asked for: by a fiche of theirs, about the theme asked for. One whose fiches do not
  -- say their level is not among them.
  de_ce_niveau as materialized (
    select distinct fp.reseau, fp.partenaire
    from fiche_partenaire fp
    join fiche f on f.reseau = fp.reseau and f.code = fp.fiche
    where $13::text is not null and fp.reseau = any ($1) and coalesce(fp.niveau, f.niveau) = $13
      and ($2::text is null or exists (
        select
        from fiche_theme ft
        join theme t on t.reseau = ft.reseau and t.code = ft.theme
        where ft.reseau = f.reseau and ft.fiche = f.code and $2 in (t.code, t.parent)))
  ),
  partenaires as materialized (
    select p.*
    from partenaires_concernes($1, $2, $3, $5) p
    where $13 is null or (p.reseau, p.code) in (select n.reseau, n.partenaire from de_ce_niveau n)
  ),
  -- Whether what nobody covers in a réseau is known to be covered by nobody: `reseaux_renseignes`, from
  -- the partners that are already here.
  reseaux as materialized (
    select r.code,
      -- A réseau without partners has said nothing yet.
      exists (select from partenaire m where m.reseau = r.code)
        and not exists (select from partenaires p where p.reseau = r.code and not p.zones_declarees)
        and ($2::text is null or exists (
          select from theme t where t.reseau = r.code and t.code = $2)) as renseigne
    from reseau r
    where r.code = any ($1)
  ),
  -- Communes of perimeters, whether what nobody covers there is known, and whether they are inside the
  -- place. A commune of two réseaux is one.
  communes as materialized (
    select t.code, t.nom, t.population, t.epci, t.departement, t.region, t.point, t.etat_contour,
      t.remarque_contour, p.renseigne,
      $8::maille is null or t.code in (select c.code from communes_de($6, $8, $9) c) as dedans
    from (
      select p.code, bool_and(k.renseigne) as renseigne
      from perimetre_actuel p
      join reseaux k on k.code = p.reseau
      where p.reseau = any ($1) and p.millesime = $7 and p.maille = 'commune'
      group by p.code
    ) p
    join territoire t on t.edition = $6 and t.maille = 'commune' and t.code = p.code
  ),
  -- Their EPCI inside the place.
  epci as materialized (
    select distinct p.code
    from perimetre_actuel p
    where p.reseau = any ($1) and p.millesime = $7 and p.maille = 'epci'
      and ($8 is null or p.code in (select e from epci_de($6, $8, $9) e))
  ),
  -- The unit of each commune: several when regroupements share it.
  membres as (
    select code as commune,
      case $10::maille
        when 'commune' then code when 'epci' then epci when 'departement' then departement
        else region
      end as unite,
      dedans, renseigne
    from communes
    where $10 <> 'regroupement'
    union all
    select c.code, g.unite, c.dedans, c.renseigne
    from communes c
    join regroupement_actuel g on g.millesime = $7 and g.commune = c.code
    where $10 = 'regroupement' and g.reseau = any ($1)
  ),
  -- The units of the answer. A unit larger than the place is not inside it.
  unites as materialized (
    select code, nom, population::bigint as population, point, etat_contour, remarque_contour
    from communes
    where $10 = 'commune' and dedans
    union all
    select t.code, t.nom, t.population, t.point, t.etat_contour, t.remarque_contour
    from (
      select code from epci where $10 = 'epci'
      union all
      select distinct unite from membres
      where ($10 = 'departement' and ($8 is null or $8 in ('departement', 'region') and dedans))
        or ($10 = 'region' and ($8 is null or $8 = 'region' and dedans))
    ) u
    join territoire t on t.edition = $6 and t.maille = $10 and t.code = u.code
    union all
    -- A regroupement has no label point of its own: the middle of those of its communes.
    select u.unite, g.nom, u.population, u.point, null, null
    from (
      select m.unite, sum(c.population) as population, st_centroid(st_collect(c.point)) as point
      from membres m
      join communes c on c.code = m.commune
      where $10 = 'regroupement'
      group by m.unite
      having bool_or(m.dedans)
    ) u
    join regroupement g on u.unite = g.reseau || '/' || g.code
  ),
  -- Zones in force, with their partner as a bit of one of the réseau's words of 62: partners are counted by
  -- their bits, once whatever their zones, without a sort.
  zones as materialized (
    select z.zone, z.reseau,
      (z.rang / 62)::integer as tranche, 1::bigint << (z.rang % 62)::integer as partenaire
    from (
      select z.zone, z.reseau, dense_rank() over (partition by z.reseau order by z.partenaire) as rang
      from zones_en_vigueur($1, $2, $3, $5) z
      where $13 is null or (z.reseau, z.partenaire) in (select n.reseau, n.partenaire from de_ce_niveau n)
    ) z
  ),
  -- Communes that they cover, and their partners in each réseau.
  aidees as materialized (
    select zc.commune, z.reseau, z.tranche, bit_or(z.partenaire) as partenaires
    from zones z
    join zone_commune zc
      on zc.zone = z.zone and zc.millesime = $7 and zc.couverte and zc.dans_perimetre
    group by zc.commune, z.reseau, z.tranche
  ),
  -- The same by unit: each partner is still one bit.
  aidees_par_unite as (
    select commune as unite, partenaires
    from aidees
    where $10 = 'commune'
    union all
    select m.unite, bit_or(a.partenaires)
    from aidees a join membres m on m.commune = a.commune
    where $10 <> 'commune'
    group by m.unite, a.reseau, a.tranche
  ),
  -- Who asked in the period, how many times, and what its code has become.
  demandes as materialized (
    select d.*, coalesce(s.code, d.beneficiaire) as actuel
    from (
      select reseau, maille, beneficiaire, millesime, count(*) as nombre
      from demandes_comptees($1, $2, $3, $4, $5) c
      where $14::text is null or c.id in (
        select s.id from demande_suivie s where s.reseau = any ($1) and s.etat = $14)
      group by reseau, maille, beneficiaire, millesime
    ) d
    left join succession s
      on s.reseau = d.reseau and s.millesime = $7 and s.maille = 'commune' and s.ancien = d.beneficiaire
      and s.de = d.millesime and d.maille = 'commune'
    where $8 is null
      or (d.maille, case when d.maille = 'autre' then d.reseau else coalesce(s.code, d.beneficiaire) end)
        in (select b.maille, b.code from beneficiaires_de($6, $8, $9) b)
  ),
  -- All that is counted in a unit, gathered rather than joined: planners misjudge counts.
  comptes as (
    select unite, sum(communes)::bigint as communes, bool_and(renseigne) as renseigne,
      sum(bit_count(partenaires::bit(64)))::bigint as partenaires,
      sum(communes_aidees)::bigint as communes_aidees, sum(demandes)::bigint as demandes
    from (
      -- What nobody covers in a larger unit is known when it is for all its communes.
      select unite, 1 as communes, renseigne, 0::bigint as partenaires, 0 as communes_aidees, 0 as demandes
      from membres
      union all
      select unite, 0, null, partenaires, 0, 0 from aidees_par_unite
      union all
      select m.unite, 0, null, 0, 1, 0
      from (select distinct commune from aidees where $10 <> 'commune') a
      join membres m on m.commune = a.commune
      union all
      -- Demandes of a commune or an EPCI are its own, those of a larger unit are its communes'.
      select actuel, 0, null, 0, 0, nombre from demandes where maille = $10::text
      union all
      select m.unite, 0, null, 0, 0, d.nombre
      from demandes d
      join membres m on m.commune = d.actuel
      where $10 in ('departement', 'region', 'regroupement') and d.maille = 'commune'
    ) c
    group by unite
  ),
  comptees as materialized (
    select u.*, coalesce(c.partenaires, 0) as partenaires, coalesce(c.demandes, 0) as demandes,
      c.communes, coalesce(c.communes_aidees, 0) as communes_aidees,
      case
        when c.partenaires > 0 then 'aide' when c.renseigne then 'personne' else 'non_renseigne'
      end as etat
    from unites u
    left join comptes c on c.unite = u.code
  ),
  -- The perimeter that the totals count: as the réseau states it, in its own millésime, or in the
  -- codes of another; inside the place by what each code has become on the map. In the codes of the map
  -- itself it is what the map has, and stays empty here.
  reference as materialized (
    select p.maille, p.code, p.nom, coalesce(c.code, t.code) as actuel,
      coalesce(c.nom, t.nom) as actuel_nom
    from (
      select p.maille, p.code, p.nom,
        case when p.maille = 'commune' then coalesce(s.code, p.code) else p.code end as actuel
      from perimetre p
      left join succession s
        on s.reseau = p.reseau and s.millesime = $7 and s.maille = 'commune' and s.ancien = p.code
        and s.de = p.millesime and p.maille = 'commune'
      where p.reseau = any ($1) and $11::integer is null
      union all
      select distinct p.maille, p.code, t.nom,
        case when p.maille = 'commune' then coalesce(c.nouveau, p.code) else p.code end
      from perimetre_actuel p
      join territoire t on t.edition = $11 and t.maille = p.maille and t.code = p.code
      left join lateral (
        select c.nouveau
        from passage c
        where p.maille = 'commune'
          and c.vers = $7 and c.ancien = p.code and p.millesime between c.depuis and c.jusqu
        order by c.part desc nulls last, c.nouveau = p.code desc, c.nouveau
        limit 1
      ) c on true
      where p.reseau = any ($1) and p.millesime = $12::smallint and $12 <> $7
    ) p
    left join communes c on p.maille = 'commune' and c.code = p.actuel
    left join territoire t
      on p.maille = 'epci' and t.edition = $6 and t.maille = 'epci' and t.code = p.actuel
    where $8 is null or c.dedans or (p.maille = 'epci' and p.code in (select code from epci))
  ),
  -- A commune is served by its own demandes, whole: those whose code is, or comes to, its own in the
  -- millésime of the totals; when the perimeter does not have that code, by what it has become.
  passes as materialized (
    select s.reseau, s.ancien, s.de, s.code
    from succession s
    where s.reseau = any ($1) and s.maille = 'commune'
      and s.millesime = coalesce($12, (select r.millesime from reseau r where r.code = ($1)[1]))
  ),
  aidees_par_demande as materialized (
    select distinct case when c.code in (select code from reference where maille = 'commune')
      then c.code else d.actuel end as code
    from demandes d
    left join passes s on s.reseau = d.reseau and s.ancien = d.beneficiaire and s.de = d.millesime
    cross join lateral (select coalesce(s.code, d.beneficiaire) as code) c
    where d.maille = 'commune'
  ),
  -- What the map cannot show where it was said: codes that have gone, units without contour, and
  -- demandes from outside the perimeter.
  non_dessinees as (
    select r.code, r.nom,
      (select coalesce(sum(d.nombre), 0) from demandes d
       where d.maille = r.maille::text and d.beneficiaire = r.code) as demandes,
      case
        when r.actuel is null then format('Ce code n''existe plus dans le millésime %s.', $7)
        else format('Commune réunie à %s (%s), où elle est comptée.', r.actuel_nom, r.actuel)
      end as raison
    from reference r
    where r.maille = $10 and r.actuel is distinct from r.code
    union all
    select c.code, c.nom, c.demandes, coalesce(c.remarque_contour, 'Son contour manque.')
    from comptees c
    where c.etat_contour = 'absent'
    union all
    select d.beneficiaire, coalesce(min(t.nom), d.beneficiaire), sum(d.nombre),
      'Hors du périmètre du réseau.'
    from demandes d
    left join territoire t on t.edition = $6 and t.maille = $10 and t.code = d.actuel
    where d.maille = $10::text and d.actuel not in (select code from unites)
      and d.beneficiaire not in (select code from reference)
    group by d.beneficiaire
  )
select t.totaux || c.totaux as totaux, u.*, n.non_dessinees
from (
  select jsonb_build_object(
    'partenaires', (select count(*) from partenaires),
    'partenaires_presents', (
      select coalesce(sum(bit_count(partenaires::bit(64))), 0)
      from (
        select bit_or(partenaires) as partenaires
        from aidees
        where $8 is null or commune in (select code from communes where dedans)
        group by reseau, tranche
      ) r),
    'partenaires_non_declares', (select count(*) from partenaires where not zones_declarees),
    'demandes', coalesce(sum(d.nombre), 0),
    'demandes_communes', coalesce(sum(d.nombre) filter (where d.maille = 'commune'), 0),
    'demandes_epci', coalesce(sum(d.nombre) filter (where d.maille = 'epci'), 0),
    'demandes_autres', coalesce(sum(d.nombre) filter (where d.maille = 'autre'), 0),
    'communes_servies', case when $12 = $7 then (
      select count(*)
      from communes
      where dedans and code in (select actuel from demandes where maille = 'commune'))
    else (
      select count(*)
      from (
        select code from reference where maille = 'commune'
        intersect select code from aidees_par_demande
      ) servies) end,
    'communes', case when $12 = $7 then (select count(*) from communes where dedans)
      else (select count(*) from reference where maille = 'commune') end,
    'epci_servis', count(distinct d.beneficiaire) filter (
      where d.maille = 'epci'
        and d.beneficiaire in (
          select code from reference where maille = 'epci'
          union all
          select code from epci where $12 = $7)),
    'epci', case when $12 = $7 then (select count(*) from epci)
      else (select count(*) from reference where maille = 'epci') end,
    'autres_servis', count(distinct (d.reseau, d.beneficiaire)) filter (where d.maille = 'autre')
  ) as totaux
  from demandes d
) t
cross join (
  select jsonb_build_object(
    'unites', count(*),
    'unites_couvertes', count(*) filter (where etat = 'aide'),
    'unites_sans_partenaire', count(*) filter (where etat = 'personne'),
    'unites_non_renseignees', count(*) filter (where etat = 'non_renseigne')) as totaux
  from comptees
) c
cross join (
  select array_agg(c.code) as codes, array_agg(c.nom) as noms, array_agg(c.etat) as etats,
    array_agg(c.partenaires) as partenaires, array_agg(c.demandes) as demandes,
    array_agg(c.communes) as communes, array_agg(c.communes_aidees) as communes_aidees, array_agg(c.population) as populations,
    array_agg(c.lieu[1]) as longitudes, array_agg(c.lieu[2]) as latitudes
  from (select *, degres(point) as lieu from comptees offset 0) c
) u
cross join (
  select coalesce(jsonb_agg(to_jsonb(n) order by n.code), '[]') as non_dessinees
  from non_dessinees n
) n
