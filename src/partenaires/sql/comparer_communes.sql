-- The communes of the perimeter of a réseau, and which are in one version of a zone and in another. $1 réseau, $2 the
-- version before, $3 the version after; null: none.
with
  perimetre as (
    select d.edition, d.millesime, p.code
    from edition_dessinee() d
    join perimetre_actuel p on p.reseau = $1 and p.millesime = d.millesime and p.maille = 'commune'
  )
select c.code, c.nom, c.epci, e.nom as epci_nom, c.departement, c.region, c.population, c.codes_postaux,
  -- The regroupements of the réseau that hold it, by their own codes.
  array(
    select split_part(g.unite, '/', 2)
    from regroupement_actuel g
    where g.millesime = p.millesime and g.commune = p.code and g.unite like $1 || '/%'
    order by 1) as regroupements,
  coalesce(avant.couverte, false) as avant, coalesce(apres.couverte, false) as apres
from perimetre p
join territoire c on c.edition = p.edition and c.maille = 'commune' and c.code = p.code
left join territoire e on e.edition = p.edition and e.maille = 'epci' and e.code = c.epci
left join zone_commune avant
  on avant.zone = $2 and avant.millesime = p.millesime and avant.commune = p.code
left join zone_commune apres
  on apres.zone = $3 and apres.millesime = p.millesime and apres.commune = p.code
order by e.cle nulls last, c.cle, c.code
