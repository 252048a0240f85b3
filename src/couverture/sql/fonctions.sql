-- What the questions of coverage and the tiles share. Applied at each start, before the layers.

drop function if exists couverture_des_unites(
  text, text, text, integer, integer, smallint, maille, text[]);
drop function if exists demandes_des_unites(
  text, text, text, integer, integer, smallint, maille, text[]);
drop function if exists partenaires_des_unites(
  text, text, text, integer, integer, smallint, maille, text[]);
drop function if exists partenaires_concernes(text, text, text);
drop function if exists communes_aidees(text, text, text, integer, smallint);
drop function if exists couverture_des_unites(
  text, text, text, date, date, integer, smallint, maille, text[]);
drop function if exists demandes_des_unites(
  text, text, text, date, date, integer, smallint, maille, text[]);
drop function if exists partenaires_des_unites(
  text, text, text, date, integer, smallint, maille, text[]);
drop function if exists reseaux_renseignes(text, text, text, date);
drop function if exists partenaires_concernes(text, text, text, date);
drop function if exists communes_aidees(text, text, text, date, smallint);
drop function if exists unites_des_reseaux(text, integer, smallint, maille, text[]);

-- Units of réseaux in the codes of a millésime: the communes and EPCI of the perimeter, the
-- départements and régions of its communes, and its regroupements. `codes`, if not null, limits them.
create or replace function unites_des_reseaux(
  p_reseaux text[], p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (reseau text, code text)
language sql stable parallel safe
as $$
  select p.reseau, p.code
  from perimetre_actuel p
  where p_maille in ('commune', 'epci') and p.maille = p_maille and p.millesime = p_millesime
    and p.reseau = any (p_reseaux)
    and (codes is null or p.code = any (codes))
  union all
  select distinct p.reseau, case p_maille when 'departement' then t.departement else t.region end
  from perimetre_actuel p
  join territoire t on t.edition = p_edition and t.maille = 'commune' and t.code = p.code
  where p_maille in ('departement', 'region') and p.maille = 'commune'
    and p.millesime = p_millesime
    and p.reseau = any (p_reseaux)
    and (codes is null
      or (p_maille = 'departement' and t.departement = any (codes))
      or (p_maille = 'region' and t.region = any (codes)))
  union all
  select distinct g.reseau, g.unite
  from regroupement_actuel g
  where p_maille = 'regroupement' and g.millesime = p_millesime
    and g.reseau = any (p_reseaux)
    and (codes is null or g.unite = any (codes))
$$;

-- The communes of perimeters and the partners whose zones in force cover them. A commune in two zones of
-- one partner is there once; a body that is a partner of two réseaux, once for each.
create or replace function communes_aidees(
  p_reseaux text[], p_theme text, p_partenaire text, p_au date, p_millesime smallint)
returns table (reseau text, partenaire text, commune text)
language sql stable parallel safe
as $$
  select distinct z.reseau, z.partenaire, zc.commune
  from zones_en_vigueur(p_reseaux, p_theme, p_partenaire, p_au) z
  join zone_commune zc
    on zc.zone = z.zone and zc.millesime = p_millesime and zc.couverte and zc.dans_perimetre
$$;

-- Partners that a question is about: members on the day, who have a theme asked for, or of whom no theme
-- is known; and whether each has declared its zones complete for all that is asked.
create or replace function partenaires_concernes(
  p_reseaux text[], p_theme text, p_partenaire text, p_au date)
returns table (reseau text, code text, zones_declarees boolean)
language sql stable parallel safe
as $$
  with
  -- Of a partner's themes: whether one is asked for, and whether those that are have all been declared.
  themes as materialized (
    select pt.reseau, pt.partenaire,
      coalesce(bool_or(p_theme is null or p_theme in (t.code, t.parent)), false) as voulu,
      bool_and(d.reseau is not null) filter (where p_theme is null or p_theme in (t.code, t.parent))
        as declares
    from partenaire_theme pt
    join theme t on t.reseau = pt.reseau and t.code = pt.theme
    left join declaration d
      on d.reseau = pt.reseau and d.partenaire = pt.partenaire and d.theme in (t.code, t.parent)
      and d.reseau = any (p_reseaux)
    where pt.reseau = any (p_reseaux) and t.reseau = any (p_reseaux)
    group by pt.reseau, pt.partenaire
  )
  select p.reseau, p.code, entier.reseau is not null or coalesce(k.declares, false)
  from partenaire p
  join reseau r on r.code = p.reseau
  left join themes k on k.reseau = p.reseau and k.partenaire = p.code
  left join declaration entier
    on entier.reseau = p.reseau and entier.partenaire = p.code and entier.theme is null
  where p.reseau = any (p_reseaux)
    and (p_partenaire is null or p.code = p_partenaire)
    and coalesce(p_au, make_date(r.annee, 12, 31))
      between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
    and coalesce(k.voulu, true)
$$;

-- Whether what nobody covers in a réseau is known to be covered by nobody: all the partners that the
-- question is about have declared their zones complete. A theme that the réseau does not have is unknown.
create or replace function reseaux_renseignes(
  p_reseaux text[], p_theme text, p_partenaire text, p_au date)
returns table (reseau text, renseigne boolean)
language sql stable parallel safe
as $$
  select r.code,
    -- Where the question is about no partner, nobody helps; but a réseau without partners has said nothing yet.
    coalesce(bool_and(k.zones_declarees), exists (select from partenaire m where m.reseau = r.code))
      and (p_theme is null or exists (
        select from theme t where t.reseau = r.code and t.code = p_theme))
  from reseau r
  left join partenaires_concernes(p_reseaux, p_theme, p_partenaire, p_au) k on k.reseau = r.code
  where r.code = any (p_reseaux)
  group by r.code
$$;

-- How many partners can help in each unit: a unit larger than a commune has those of its communes
-- within the perimeter. A partner counts once, whatever its zones.
create or replace function partenaires_des_unites(
  p_reseaux text[], p_theme text, p_partenaire text, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, partenaires integer)
language sql stable parallel safe
as $$
  select a.unite, count(*)::integer
  from (
    select zc.commune as unite, z.reseau, z.partenaire
    from zone_commune zc
    join zones_en_vigueur(p_reseaux, p_theme, p_partenaire, p_au) z on z.zone = zc.zone
    where p_maille = 'commune' and zc.millesime = p_millesime
      and zc.couverte and zc.dans_perimetre
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
    join zones_en_vigueur(p_reseaux, p_theme, p_partenaire, p_au) z on z.zone = zc.zone
    where p_maille in ('epci', 'departement', 'region')
      and t.edition = p_edition and t.maille = 'commune'
      and (codes is null
        or (p_maille = 'epci' and t.epci = any (codes))
        or (p_maille = 'departement' and t.departement = any (codes))
        or (p_maille = 'region' and t.region = any (codes)))
    union
    select g.unite, z.reseau, z.partenaire
    from regroupement_actuel g
    join zone_commune zc
      on zc.millesime = p_millesime and zc.commune = g.commune and zc.couverte and zc.dans_perimetre
    join zones_en_vigueur(p_reseaux, p_theme, p_partenaire, p_au) z on z.zone = zc.zone
    where p_maille = 'regroupement' and g.millesime = p_millesime
      and (codes is null or g.unite = any (codes))
  ) a
  group by a.unite
$$;

-- How many demandes each unit made: a commune or an EPCI its own, a larger unit those of its
-- communes.
create or replace function demandes_des_unites(
  p_reseaux text[], p_theme text, p_partenaire text, p_du date, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, demandes integer)
language sql stable parallel safe
as $$
  select coalesce(s.code, d.beneficiaire) as unite, count(*)::integer
  from demandes_comptees(p_reseaux, p_theme, p_partenaire, p_du, p_au) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime and d.maille = 'commune'
  where p_maille in ('commune', 'epci') and d.maille = p_maille::text
    and (codes is null or coalesce(s.code, d.beneficiaire) = any (codes))
  group by unite
  union all
  select case p_maille when 'departement' then t.departement else t.region end as unite,
    count(*)::integer
  from demandes_comptees(p_reseaux, p_theme, p_partenaire, p_du, p_au) d
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
  union all
  select g.unite, count(*)::integer
  from demandes_comptees(p_reseaux, p_theme, p_partenaire, p_du, p_au) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime
  join regroupement_actuel g
    on g.reseau = d.reseau and g.millesime = p_millesime
    and g.commune = coalesce(s.code, d.beneficiaire)
  where p_maille = 'regroupement' and d.maille = 'commune'
    and (codes is null or g.unite = any (codes))
  group by g.unite
$$;

-- What takes their place in réseaux that mask small counts for whoever asks: null where a count is masked. Of a
-- question that chooses a theme, a partner or part of a year, nothing is published.
create or replace function demandes_publiees(
  p_reseaux text[], p_theme text, p_partenaire text, p_du date, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, demandes integer, masquee boolean)
language sql stable parallel safe
as $$
  select u.code, p.demandes,
    a.annee is null or p_maille not in ('commune', 'epci', 'departement') or p.reseau is not null and p.demandes is null
  from (
    select r.code as reseau,
      case
        when p_theme is not null or p_partenaire is not null then null
        when p_du is null then r.annee
        when p_du = make_date(extract(year from p_du)::integer, 1, 1)
          and p_au = make_date(extract(year from p_du)::integer, 12, 31) then extract(year from p_du)::smallint
      end as annee
    from reseau r
    where r.code = any (reseaux_masques(p_reseaux))
  ) a
  join unites_des_reseaux(reseaux_masques(p_reseaux), p_edition, p_millesime, p_maille, codes) u
    on u.reseau = a.reseau
  left join publication p
    on p.reseau = a.reseau and p.annee = a.annee and p.maille = p_maille::text and p.code = u.code
    and p.millesime = p_millesime
$$;

-- Both of the above for the units of réseaux among `codes`, what their state is, and whether
-- demonstration data enter. A unit in several réseaux is one row: helped if it is in any of them, and
-- unknown before it is left to nobody. Counts are gathered, not joined: planners misjudge them.
create or replace function couverture_des_unites(
  p_reseaux text[], p_theme text, p_partenaire text, p_du date, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, codes text[])
returns table (code text, partenaires integer, demandes integer, etat text, demonstration boolean)
language sql stable parallel safe
as $$
  select c.code, max(c.partenaires),
    case when not coalesce(bool_or(c.masquee), false) then max(c.demandes) end,
    case
      when max(c.partenaires) > 0 then 'aide' when bool_and(c.renseigne) then 'personne'
      else 'non_renseigne'
    end,
    bool_or(c.demonstration)
  from (
    select u.code, 0 as partenaires, 0 as demandes, r.demonstration, k.renseigne, false as masquee
    from unites_des_reseaux(p_reseaux, p_edition, p_millesime, p_maille, codes) u
    join reseau r on r.code = u.reseau
    join reseaux_renseignes(p_reseaux, p_theme, p_partenaire, p_au) k on k.reseau = u.reseau
    union all
    select p.code, p.partenaires, 0, null, null, false
    from partenaires_des_unites(
      p_reseaux, p_theme, p_partenaire, p_au, p_edition, p_millesime, p_maille, codes) p
    union all
    select d.code, 0, d.demandes, null, null, false
    from demandes_des_unites(
      p_reseaux, p_theme, p_partenaire, p_du, p_au, p_edition, p_millesime, p_maille, codes) d
    union all
    select m.code, 0, m.demandes, null, null, m.masquee
    from demandes_publiees(
      p_reseaux, p_theme, p_partenaire, p_du, p_au, p_edition, p_millesime, p_maille, codes) m
  ) c
  group by c.code
  -- Demandes from outside the perimeter make no unit of it.
  having bool_or(c.demonstration) is not null
$$;
