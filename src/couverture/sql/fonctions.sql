-- What the questions of coverage and the tiles share. Applied at each start, before the layers.

-- Units of réseaux in the codes of a millésime: the communes and EPCI of the perimeter, and the
-- départements and régions of its communes. `codes`, if not null, limits them.
create or replace function unites_des_reseaux(
  p_reseau text, p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (reseau text, code text)
language sql stable parallel safe
as $$
  select p.reseau, p.code
  from perimetre_actuel p
  where p_maille in ('commune', 'epci') and p.maille = p_maille and p.millesime = p_millesime
    and (p_reseau is null or p.reseau = p_reseau)
    and (codes is null or p.code = any (codes))
  union all
  select distinct p.reseau, case p_maille when 'departement' then t.departement else t.region end
  from perimetre_actuel p
  join territoire t on t.edition = p_edition and t.maille = 'commune' and t.code = p.code
  where p_maille in ('departement', 'region') and p.maille = 'commune'
    and p.millesime = p_millesime
    and (p_reseau is null or p.reseau = p_reseau)
    and (codes is null
      or (p_maille = 'departement' and t.departement = any (codes))
      or (p_maille = 'region' and t.region = any (codes)))
$$;

-- The communes of a réseau's perimeter and the partners whose zones in force cover them. A commune in
-- two zones of one partner is there once.
create or replace function communes_aidees(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer, p_millesime smallint)
returns table (partenaire text, commune text)
language sql stable parallel safe
as $$
  select distinct z.partenaire, zc.commune
  from zones_en_vigueur(p_reseau, p_theme, p_partenaire, p_annee) z
  join zone_commune zc
    on zc.reseau = z.reseau and zc.zone = z.zone and zc.millesime = p_millesime
    and zc.couverte and zc.dans_perimetre
$$;

-- Partners of a réseau that a question is about, and whether a zone was ever declared for what is
-- asked.
create or replace function partenaires_concernes(p_reseau text, p_theme text, p_partenaire text)
returns table (code text, zone_declaree boolean)
language sql stable parallel safe
as $$
  select p.code, exists (
    select
    from zone z
    left join theme t on t.reseau = z.reseau and t.code = z.theme
    where z.reseau = p_reseau and z.partenaire = p.code
      and (z.theme is null or p_theme is null or p_theme in (t.code, t.parent)))
  from partenaire p
  where p.reseau = p_reseau and (p_partenaire is null or p.code = p_partenaire)
    and (p_theme is null or exists (
      select
      from partenaire_theme pt
      join theme t on t.reseau = pt.reseau and t.code = pt.theme
      where pt.reseau = p_reseau and pt.partenaire = p.code and p_theme in (t.code, t.parent)))
$$;

-- How many partners can help in each unit: a unit larger than a commune has those of its communes
-- within the perimeter. A partner counts once, whatever its zones.
create or replace function partenaires_des_unites(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, partenaires integer)
language sql stable parallel safe
as $$
  select a.unite, count(*)::integer
  from (
    select zc.commune as unite, z.reseau, z.partenaire
    from zone_commune zc
    join zones_en_vigueur(p_reseau, p_theme, p_partenaire, p_annee) z
      on z.reseau = zc.reseau and z.zone = zc.zone
    where p_maille = 'commune' and zc.millesime = p_millesime
      and zc.couverte and zc.dans_perimetre
      and (p_reseau is null or zc.reseau = p_reseau)
      and (codes is null or zc.commune = any (codes))
    union
    select
      case p_maille
        when 'epci' then t.epci when 'departement' then t.departement else t.region
      end,
      z.reseau, z.partenaire
    from territoire t
    join zone_commune zc
      on zc.millesime = p_millesime and zc.commune = t.code and zc.couverte and zc.dans_perimetre
    join zones_en_vigueur(p_reseau, p_theme, p_partenaire, p_annee) z
      on z.reseau = zc.reseau and z.zone = zc.zone
    where p_maille <> 'commune' and t.edition = p_edition and t.maille = 'commune'
      and (p_reseau is null or zc.reseau = p_reseau)
      and (codes is null
        or (p_maille = 'epci' and t.epci = any (codes))
        or (p_maille = 'departement' and t.departement = any (codes))
        or (p_maille = 'region' and t.region = any (codes)))
  ) a
  group by a.unite
$$;

-- How many demandes each unit made: a commune or an EPCI its own, a larger unit those of its
-- communes.
create or replace function demandes_des_unites(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, demandes integer)
language sql stable parallel safe
as $$
  select coalesce(s.code, d.beneficiaire) as unite, count(*)::integer
  from demandes_comptees(p_reseau, p_theme, p_partenaire, p_annee) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime and d.maille = 'commune'
  where p_maille in ('commune', 'epci') and d.maille = p_maille::text
    and (codes is null or coalesce(s.code, d.beneficiaire) = any (codes))
  group by unite
  union all
  select case p_maille when 'departement' then t.departement else t.region end as unite,
    count(*)::integer
  from demandes_comptees(p_reseau, p_theme, p_partenaire, p_annee) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime
  join territoire t
    on t.edition = p_edition and t.maille = 'commune' and t.code = coalesce(s.code, d.beneficiaire)
  where p_maille in ('departement', 'region') and d.maille = 'commune'
    and (codes is null
      or (p_maille = 'departement' and t.departement = any (codes))
      or (p_maille = 'region' and t.region = any (codes)))
  group by unite
$$;

-- Both of the above for the units of réseaux among `codes`, and whether demonstration data enter. A
-- unit in several réseaux is one row. Counts are gathered, not joined: planners misjudge them.
create or replace function couverture_des_unites(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, partenaires integer, demandes integer, demonstration boolean)
language sql stable parallel safe
as $$
  select c.code, max(c.partenaires), max(c.demandes), bool_or(c.demonstration)
  from (
    select u.code, 0 as partenaires, 0 as demandes, r.demonstration
    from unites_des_reseaux(p_reseau, p_edition, p_millesime, p_maille, codes) u
    join reseau r on r.code = u.reseau
    union all
    select p.code, p.partenaires, 0, null
    from partenaires_des_unites(
      p_reseau, p_theme, p_partenaire, p_annee, p_edition, p_millesime, p_maille, codes) p
    union all
    select d.code, 0, d.demandes, null
    from demandes_des_unites(
      p_reseau, p_theme, p_partenaire, p_annee, p_edition, p_millesime, p_maille, codes) d
  ) c
  group by c.code
  -- Demandes from outside the perimeter make no unit of it.
  having bool_or(c.demonstration) is not null
$$;
