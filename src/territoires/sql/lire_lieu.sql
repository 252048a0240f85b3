-- A unit by its code (a regroupement's begins with that of its réseau) or, for a commune, by a former one: the commune that has most of it.
-- $1 edition, $2 millésime, $3 maille, $4 code.
with
  -- The code's last life, and what it comes to.
  suites as (
    select p.nouveau, p.part, p.nom, p.jusqu
    from passage p
    where p.vers = $2 and p.ancien = $4 and $3 = 'commune' and p.depuis <= $2
      and p.jusqu = (
        select max(d.jusqu) from passage d where d.vers = $2 and d.ancien = $4 and d.depuis <= $2)
  ),
  trouvees as (
    select t.maille, t.code, t.nom, null::text as ancien_nom, 0 as ordre, 1.0::float8 as part
    from territoire t
    where t.edition = $1 and t.maille = $3 and t.code = $4
    union all
    select t.maille, t.code, t.nom, s.nom, 1, s.part
    from suites s
    join territoire t on t.edition = $1 and t.maille = 'commune' and t.code = s.nouveau
    union all
    select 'regroupement', $4, g.nom, null, 0, 1.0
    from regroupement g
    where $3 = 'regroupement' and g.reseau = split_part($4, '/', 1) and g.code = split_part($4, '/', 2)
  )
select maille, code, nom, ancien_nom,
  -- The others, when it was shared.
  (select array_agg(format('%s (%s)', a.nom, a.code) order by a.part desc nulls last, a.code)
   from trouvees a
   where a.ordre = t.ordre and a.code <> t.code) as autres
from trouvees t
order by ordre, part desc nulls last, code
limit 1
