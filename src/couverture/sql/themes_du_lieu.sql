-- What is known of each theme in a place: how many of its communes have a partner for it, and who. Themes are those of
-- the réseaux that no other is under. $1 réseaux, $2 the place's communes in their perimeters, $3 millésime, $4 day
-- (null: the end of each réseau's own year).
with
  couvertes as materialized (
    select z.reseau, z.partenaire, z.theme, zc.commune
    from zones_en_vigueur($1, null, null, $4) z
    join zone_commune zc
      on zc.zone = z.zone and zc.millesime = $3 and zc.commune = any ($2)
      and zc.couverte and zc.dans_perimetre
  ),
  aidees as (
    select c.reseau, pt.theme, array_agg(distinct c.partenaire) as partenaires, count(distinct c.commune) as communes
    from couvertes c
    join partenaire_theme pt
      on pt.reseau = c.reseau and pt.partenaire = c.partenaire and (c.theme is null or pt.theme = c.theme)
    group by c.reseau, pt.theme
  ),
  membres as materialized (
    select p.reseau, p.code,
      exists (
        select from declaration d where d.reseau = p.reseau and d.partenaire = p.code and d.theme is null) as declare,
      exists (
        select from partenaire_theme pt where pt.reseau = p.reseau and pt.partenaire = p.code) as connu
    from partenaire p
    join reseau r on r.code = p.reseau
    where p.reseau = any ($1)
      and coalesce($4, make_date(r.annee, 12, 31))
        between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
  )
select t.reseau, t.code, t.libelle, parent.libelle as parent, coalesce(a.communes, 0) as communes,
  case
    when a.communes > 0 then 'aide'
    -- Known to have nobody: all who may have this theme have said that their zones are complete for it.
    -- A réseau without partners has said nothing yet.
    when exists (select from partenaire p where p.reseau = t.reseau) and not exists (
      select
      from membres m
      where m.reseau = t.reseau and not m.declare
        and (not m.connu or exists (
          select
          from partenaire_theme pt
          where pt.reseau = m.reseau and pt.partenaire = m.code and pt.theme = t.code
            and not exists (
              select from declaration d
              where d.reseau = pt.reseau and d.partenaire = pt.partenaire and d.theme in (t.code, t.parent)))))
      then 'personne'
    else 'non_renseigne'
  end as etat,
  coalesce((
    select array_agg(p.code order by p.rang) from partenaire p
    where p.reseau = t.reseau and p.code = any (a.partenaires)), '{}') as partenaires
from theme t
left join theme parent on parent.reseau = t.reseau and parent.code = t.parent
left join aidees a on a.reseau = t.reseau and a.theme = t.code
where t.reseau = any ($1)
  and not exists (select from theme s where s.reseau = t.reseau and s.parent = t.code)
order by array_position($1, t.reseau), t.rang
