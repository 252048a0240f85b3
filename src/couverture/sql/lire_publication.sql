-- What the public may know of the demandes of réseaux that mask small counts: by unit, null where it is masked.
-- $1 réseaux, $2 edition and $3 millésime of the units, $4 maille, $5 and $6 first and last day (null: each
-- réseau's own year), $7 whether the question chooses a theme, a partner or a place: nothing is published of those.
with
  annees as (
    select r.code as reseau,
      case
        when $7::boolean then null
        when $5::date is null then r.annee
        when $5 = make_date(extract(year from $5)::integer, 1, 1)
          and $6::date = make_date(extract(year from $5)::integer, 12, 31) then extract(year from $5)::smallint
      end as annee
    from reseau r
    where r.code = any ($1)
  ),
  -- A year that has no row had no demande.
  totaux as materialized (
    select a.reseau, a.annee,
      a.annee is not null and (t.reseau is null or t.millesime = $3) as publiee,
      case when t.reseau is null then 0 else t.demandes end as demandes
    from annees a
    left join publication t on t.reseau = a.reseau and t.annee = a.annee and t.maille = 'reseau'
  ),
  unites as (
    select u.code,
      case
        when bool_and(t.publiee and $4::maille in ('commune', 'epci', 'departement')
          and (p.reseau is null or p.demandes is not null))
        then coalesce(sum(p.demandes), 0)::bigint
      end as demandes
    from unites_des_reseaux($1, $2, $3, $4, null) u
    join totaux t on t.reseau = u.reseau
    left join publication p
      on p.reseau = t.reseau and p.annee = t.annee and p.maille = $4::text and p.code = u.code
    group by u.code
  ),
  -- Units that asked, masked or not: that is known of each.
  servies as (
    select p.maille, count(*) as nombre
    from publication p
    join totaux t on t.reseau = p.reseau and t.annee = p.annee
    where t.publiee and p.maille in ('commune', 'epci')
    group by p.maille
  ),
  communes as (
    select case when bool_and(p.demandes is not null) then sum(p.demandes)::bigint end as demandes
    from publication p
    join totaux t on t.reseau = p.reseau and t.annee = p.annee
    where t.publiee and p.maille = 'departement'
  )
select
  (select bool_and(publiee) from totaux) as publiee,
  (select case when bool_and(publiee and demandes is not null) then sum(demandes) end from totaux) as demandes,
  (select demandes from communes) as demandes_communes,
  coalesce((select nombre from servies where maille = 'commune'), 0) as communes_servies,
  coalesce((select nombre from servies where maille = 'epci'), 0) as epci_servis,
  (select count(distinct u.code) from unites_des_reseaux($1, $2, $3, 'commune', null) u) as communes,
  (select count(distinct u.code) from unites_des_reseaux($1, $2, $3, 'epci', null) u) as epci,
  (select coalesce(array_agg(code), '{}') from unites) as codes,
  (select coalesce(array_agg(u.demandes), '{}') from unites u) as valeurs
