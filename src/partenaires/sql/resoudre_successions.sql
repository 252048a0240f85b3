-- Codes of communes that a réseau uses and that a millésime no longer has, with their successor.
-- $1 réseau, or null for all.
with
  -- The millésimes that zones are resolved for: those whose contours can be drawn.
  editions as (
    select m.annee as millesime, m.edition
    from millesime m join edition e on e.id = m.edition
    where e.millesime_contours is not null
  ),
  -- Every code of commune that the réseau wrote somewhere.
  codes as (
    select reseau, code from perimetre where maille = 'commune' and ($1::text is null or reseau = $1)
    union
    select reseau, code from zone_unite where maille = 'commune' and ($1 is null or reseau = $1)
    union
    select reseau, beneficiaire from demande where maille = 'commune' and ($1 is null or reseau = $1)
  ),
  -- A code that lives is itself: several former codes have come back.
  disparus as (
    select c.reseau, e.millesime, e.edition, c.code
    from codes c cross join editions e
    where not exists (
      select from territoire t
      where t.edition = e.edition and t.maille = 'commune' and t.code = c.code)
  )
insert into succession (reseau, millesime, maille, ancien, code)
-- A commune that was split has several successors: the most populated stands for it.
select distinct on (d.reseau, d.millesime, d.code) d.reseau, d.millesime, 'commune', d.code, t.code
from disparus d
join territoire t
  on t.edition = d.edition and t.maille = 'commune' and t.anciens_codes @> array[d.code]
order by d.reseau, d.millesime, d.code, t.rang
