-- What the questions about demandes share. Applied at each start, before the layers.

drop function if exists demandes_de(text, text, text, integer, integer, integer, maille, text);
drop function if exists demandes_de(
  text, text, text, date, date, integer, smallint, maille, text);
drop function if exists demandes_comptees(text, text, text, integer);
drop function if exists demandes_comptees(text, text, text, date, date);
drop function if exists demandes_de(
  text[], text, text, date, date, integer, smallint, maille, text);
drop function if exists demandes_comptees(text[], text, text, date, date);

-- Demandes of some réseaux that count (`demande.comptee`), dated between two days, both included (by
-- default the réseau's own year), each once. A null theme or partner asks for all. A theme of the first
-- level stands for those under it; a demande is a partner's when it leads or is called in.
create or replace function demandes_comptees(
  p_reseaux text[], p_theme text, p_partenaire text, p_du date, p_au date)
returns table (
  id bigint, reseau text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint)
language sql stable parallel safe
as $$
  with reseaux as materialized (
    select r.code,
      coalesce(p_du, make_date(r.annee, 1, 1)) as du,
      coalesce(p_au, make_date(r.annee, 12, 31)) as au,
      array(select t.code from theme t where t.reseau = r.code and p_theme in (t.code, t.parent))
        as themes
    from reseau r
    where r.code = any (p_reseaux)
  )
  select d.id, d.reseau, d.date, d.themes, d.partenaires, d.maille, d.beneficiaire, d.millesime
  from reseaux r
  join demande d on d.reseau = r.code and d.date between r.du and r.au
  where d.comptee
    and (p_theme is null or d.themes && r.themes)
    and (p_partenaire is null or p_partenaire = any (d.partenaires))
$$;

-- The codes of a demande, then those that it gains, each once.
create or replace function completer(siens text[], gains text[]) returns text[]
language sql immutable parallel safe
as $$ select siens || array(select g from unnest(gains) g where g <> all (siens) order by g) $$;

-- What demandes have gained from those that were found to be the same, and keep when they are loaded again.
create or replace function gains_des_fusions(p_reseau text)
returns table (id bigint, themes text[], partenaires text[])
language sql stable parallel safe
as $$
  select f.fusionnee,
    array_agg(distinct t) filter (where t is not null),
    array_agg(distinct p) filter (where p is not null)
  from demande f
  cross join lateral (
    select t, null as p from unnest(f.themes) t
    union all
    select null, p from unnest(f.partenaires) p
  ) as gain
  where f.reseau = p_reseau and f.fusionnee is not null
  group by f.fusionnee
$$;

-- Who is of a place: its communes, its EPCI, and, as `autre`, the réseaux whose other beneficiaries count
-- there, because it holds their département.
create or replace function beneficiaires_de(p_edition integer, p_maille maille, p_code text)
returns table (maille text, code text)
language sql stable parallel safe
as $$
  select 'commune', c.code from communes_de(p_edition, p_maille, p_code) c
  union all
  select 'epci', e from epci_de(p_edition, p_maille, p_code) e
  union all
  select 'autre', r.code
  from reseau r
  join territoire t on t.edition = p_edition and t.maille = 'departement' and t.code = r.departement
  where (p_maille = 'departement' and t.code = p_code) or (p_maille = 'region' and t.region = p_code)
$$;

-- Demandes that count, of a place; a null place is all of the réseaux. `actuel` is the beneficiary's code
-- in the millésime.
create or replace function demandes_de(
  p_reseaux text[], p_theme text, p_partenaire text, p_du date, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, p_code text)
returns table (
  id bigint, reseau text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint, actuel text)
language sql stable parallel safe
as $$
  select d.id, d.reseau, d.date, d.themes, d.partenaires, d.maille, d.beneficiaire,
    d.millesime, coalesce(s.code, d.beneficiaire)
  from demandes_comptees(p_reseaux, p_theme, p_partenaire, p_du, p_au) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime and d.maille = 'commune'
  where p_maille is null
    or (d.maille, case when d.maille = 'autre' then d.reseau else coalesce(s.code, d.beneficiaire) end)
      in (select b.maille, b.code from beneficiaires_de(p_edition, p_maille, p_code) b)
$$;
