-- Codes of communes that a réseau uses, where they are others in another millésime: the commune that
-- has most of it. $1 réseau, or null for all; $2 zone, the only one whose codes are looked at, or null for all.
with
  -- Every code of commune that the réseau wrote somewhere, with its millésime.
  codes as (
    select reseau, code, millesime
    from perimetre
    where maille = 'commune' and ($1::text is null or reseau = $1) and $2::integer is null
    union
    select u.reseau, u.code, r.millesime
    from zone_unite u join reseau r on r.code = u.reseau
    where u.maille = 'commune' and ($1 is null or u.reseau = $1) and ($2 is null or u.zone = $2)
    union
    select reseau, beneficiaire, millesime
    from demande
    where maille = 'commune' and ($1 is null or reseau = $1) and $2 is null
    union
    select reseau, commune, millesime
    from regroupement_commune
    where ($1 is null or reseau = $1) and $2 is null
  )
insert into succession (reseau, millesime, maille, ancien, de, code)
select c.reseau, m.annee, 'commune', c.code, c.millesime, p.nouveau
from codes c
cross join millesime m
cross join lateral (
  select p.nouveau
  from passage p
  where p.vers = m.annee and p.ancien = c.code
    and (c.millesime between p.depuis and p.jusqu
      -- Written with a code that its own millésime no longer had: what that code last was.
      or not exists (
        select from territoire t
        where t.edition = m.edition and t.maille = 'commune' and t.code = c.code))
  order by c.millesime between p.depuis and p.jusqu desc, p.jusqu desc, p.part desc nulls last,
    p.nouveau = c.code desc, p.nouveau
  limit 1
) p
where p.nouveau <> c.code
on conflict do nothing
