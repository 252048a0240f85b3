-- Units that zones leave out and that are not in them anyway, in the newest millésime that has contours.
-- $1 réseau; $2 zone, or null for all of those that are proposed or validated.
with
  -- Units in the codes of that millésime.
  unites as (
    select z.id as zone, z.code as nom, z.surface, u.maille, u.code, u.exclue, d.edition,
      case when u.maille = 'regroupement' then z.reseau || '/' || u.code else coalesce(s.code, u.code) end
        as actuel
    from zone z
    join reseau r on r.code = z.reseau
    join zone_unite u on u.zone = z.id
    cross join edition_dessinee() d
    left join succession s
      on s.reseau = z.reseau and s.millesime = d.millesime and s.maille = u.maille
      and s.ancien = u.code and s.de = r.millesime
    where z.reseau = $1 and ($2::integer is null or z.id = $2)
      and z.etat in ('proposee', 'validee')
      and exists (select from zone_unite x where x.zone = z.id and x.exclue)
  ),
  communes as materialized (
    select u.zone, u.maille, u.code, u.exclue, c.code as commune
    from unites u
    cross join communes_de(u.edition, u.maille, u.actuel) c
  )
select u.nom as zone, u.maille, u.code
from unites u
where u.exclue
  -- In none of the units that the zone lists.
  and not exists (
    select
    from communes e
    join communes i on i.zone = e.zone and i.commune = e.commune and not i.exclue
    where e.zone = u.zone and e.maille = u.maille and e.code = u.code and e.exclue)
  -- And nowhere on what it draws.
  and not exists (
    select
    from communes e
    join contour c
      on c.edition = u.edition and c.bande = bande(14) and c.maille = 'commune' and c.code = e.commune
    where e.zone = u.zone and e.maille = u.maille and e.code = u.code and e.exclue
      and st_intersects(c.contour, u.surface))
order by u.nom, u.maille, u.code
