-- The communes of each zone that is proposed or validated, in each millésime that has contours.
-- $1 réseau, or null for all; $2 zone, or null for all; $3 share under which a drawn zone only touches a
-- commune by its border.
with
  editions as (
    select m.annee as millesime, m.edition
    from millesime m join edition e on e.id = m.edition
    where e.millesime_contours is not null
  ),
  zones as (
    select z.reseau, z.id as zone, z.surface, r.millesime as de, e.millesime, e.edition
    from zone z
    join reseau r on r.code = z.reseau
    cross join editions e
    where z.etat in ('proposee', 'validee')
      and ($1::text is null or z.reseau = $1) and ($2::integer is null or z.id = $2)
  ),
  -- Listed units, whole: communes by their code or by what it became, others by their members.
  unites as (
    select z.*, u.maille, u.code, u.exclue
    from zones z
    join zone_unite u on u.zone = z.zone
  ),
  listees as (
    select u.*, t.code as commune
    from unites u
    left join succession s
      on s.reseau = u.reseau and s.millesime = u.millesime and s.maille = 'commune'
      and s.ancien = u.code and s.de = u.de
    join territoire t
      on t.edition = u.edition and t.maille = 'commune' and t.code = coalesce(s.code, u.code)
    where u.maille = 'commune'
    union all
    select u.*, t.code
    from unites u
    join territoire t on t.edition = u.edition and t.maille = 'commune' and t.epci = u.code
    where u.maille = 'epci'
    union all
    select u.*, t.code
    from unites u
    join territoire t on t.edition = u.edition and t.maille = 'commune' and t.departement = u.code
    where u.maille = 'departement'
    union all
    select u.*, t.code
    from unites u
    join territoire t on t.edition = u.edition and t.maille = 'commune' and t.region = u.code
    where u.maille = 'region'
    union all
    select u.*, g.commune
    from unites u
    join regroupement_actuel g
      on g.unite = u.reseau || '/' || u.code and g.millesime = u.millesime
    where u.maille = 'regroupement'
  ),
  -- Drawn surfaces, cut into small pieces: a long outline meets each commune with the part that is near.
  morceaux as materialized (
    select z.id as zone, st_subdivide(z.surface, 128) as morceau
    from zone z
    where z.surface is not null and z.etat in ('proposee', 'validee')
      and ($1::text is null or z.reseau = $1) and ($2::integer is null or z.id = $2)
  ),
  -- The share of each commune on the finest contours. Both areas are measured in one plane and so near that
  -- its distortion cancels out.
  dessinees as (
    select z.reseau, z.zone, z.millesime, c.code as commune,
      least(1, sum(st_area(st_intersection(st_makevalid(c.contour), m.morceau)))
        / min(st_area(c.contour))) as part,
      'surface' as origine
    from zones z
    join morceaux m on m.zone = z.zone
    join contour c
      on c.edition = z.edition and c.bande = bande(14) and c.maille = 'commune'
      and coalesce(c.contour, c.point) && m.morceau
    where st_intersects(c.contour, m.morceau)
    group by z.reseau, z.zone, z.millesime, c.code
    union all
    -- A commune without contour is wholly where its label is.
    select z.reseau, z.zone, z.millesime, t.code, 1, 'surface'
    from zones z
    join territoire t
      on t.edition = z.edition and t.maille = 'commune' and t.etat_contour = 'absent'
      and t.point && z.surface
    where st_intersects(t.point, z.surface)
  ),
  -- A commune once a zone, however many of its units hold it: the largest share, the broadest unit. What
  -- the zone leaves out is not in it, whatever else holds it.
  reunies as (
    select reseau, zone, millesime, commune, max(part) as part,
      (array_agg(origine order by array_position(
        array['region', 'departement', 'epci', 'regroupement', 'commune', 'surface'], origine)))[1]
        as origine
    from (
      select reseau, zone, millesime, commune, 1 as part, maille::text as origine, exclue
      from listees
      union all
      select reseau, zone, millesime, commune, part, origine, false from dessinees where part >= $3
    ) as toutes
    group by reseau, zone, millesime, commune
    having not bool_or(exclue)
  )
insert into zone_commune
  (reseau, zone, millesime, commune, part, origine, couverte, dans_perimetre, publique)
select r.reseau, r.zone, r.millesime, r.commune, r.part, r.origine, r.part >= n.seuil_couverture,
  exists (
    select from perimetre_actuel p
    where p.reseau = r.reseau and p.millesime = r.millesime and p.maille = 'commune'
      and p.code = r.commune),
  z.etat = 'validee'
from reunies r
join reseau n on n.code = r.reseau
join zone z on z.id = r.zone
