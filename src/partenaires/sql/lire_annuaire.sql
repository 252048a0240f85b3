-- What a file of zones may name in a réseau, and where the réseau is. $1 réseau.
with
  -- The box of its communes, EPSG:3857: read off the heads of the geometries.
  emprise as (
    select st_extent(c.contour) as boite
    from edition_dessinee() d
    join perimetre_actuel p on p.reseau = $1 and p.millesime = d.millesime and p.maille = 'commune'
    join contour c
      on c.edition = d.edition and c.bande = bande(5) and c.maille = 'commune' and c.code = p.code
  )
select r.seuil_couverture as seuil,
  array(select code from partenaire where reseau = $1) as partenaires,
  array(select code from theme where reseau = $1) as themes,
  array(select distinct parent from theme where reseau = $1 and parent is not null) as parents,
  array(select partenaire || '/' || theme from partenaire_theme where reseau = $1)
    as partenaires_themes,
  array(select code from regroupement where reseau = $1) as regroupements,
  (select array[st_xmin(boite), st_ymin(boite), st_xmax(boite), st_ymax(boite)]
   from emprise where boite is not null) as emprise
from reseau r
where r.code = $1
