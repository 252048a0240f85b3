-- Who has delivered the year, partner by partner. $1 réseau, $2 year.
with
  membres as (
    select p.reseau, p.code, p.rang, o.nom, p.debut, p.fin
    from partenaire p
    join organisme o on o.code = p.organisme
    where p.reseau = $1
      and daterange(p.debut, p.fin, '[]') && daterange(make_date($2, 1, 1), make_date($2, 12, 31), '[]')
  ),
  demandes as (
    select d.partenaire, count(*) as nombre, min(d.date) as premiere, max(d.date) as derniere
    from demande d
    where d.reseau = $1 and d.comptee and d.date between make_date($2, 1, 1) and make_date($2, 12, 31)
    group by d.partenaire
  ),
  particuliers as (
    select d.partenaire, count(*) as nombre
    from demande_particuliere d
    where d.reseau = $1 and d.annee = $2
    group by d.partenaire
  ),
  -- The newest table of each.
  livraisons as (
    select distinct on (l.partenaire) l.partenaire, l.le, l.nouvelles, l.changees, l.identiques, l.refus
    from livraison l
    where l.reseau = $1
    order by l.partenaire, l.le desc
  ),
  -- Demandes that were written one by one, and not by the réseau's folder.
  ecrites as (
    select d.partenaire, max(j.le) as le
    from journal j
    join demande d on d.reseau = $1 and d.id::text = j.cle
    join demande_suivie s on s.id = d.id and s.origine <> 'dossier'
    where j.reseau = $1 and j.objet = 'demande'
    group by d.partenaire
  ),
  -- Asked on the page without an account, and not qualified yet: whatever the year.
  recues as (
    select d.partenaire, count(*) as nombre
    from demande d
    join demande_suivie s on s.id = d.id and s.etat = 'recue'
    where d.reseau = $1 and not d.comptee
    group by d.partenaire
  ),
  zones as (
    select z.partenaire, count(*) as nombre
    from zone z
    where z.reseau = $1 and z.etat = 'validee'
      and daterange(z.debut, z.fin, '[]') && daterange(make_date($2, 1, 1), make_date($2, 12, 31), '[]')
    group by z.partenaire
  ),
  declares as (
    select c.code, c.zones_declarees
    from partenaires_concernes(array[$1], null, null, make_date($2, 12, 31)) c
  )
select m.code, m.nom, coalesce(d.nombre, 0) as demandes, coalesce(k.nombre, 0) as particuliers,
  d.premiere, d.derniere, greatest(l.le, e.le) as livree_le, l.le as tableau_le, l.nouvelles, l.changees,
  l.identiques, coalesce(l.refus, '{}') as refus, coalesce(z.nombre, 0) as zones,
  coalesce(c.zones_declarees, false) as declarees,
  (select max(x.date) from declaration x where x.reseau = m.reseau and x.partenaire = m.code) as declarees_le,
  (select count(*) from droit x
   where x.reseau = m.reseau and x.partenaire = m.code and x.accepte_le is not null) as personnes,
  coalesce(q.nombre, 0) as recues
from membres m
left join demandes d on d.partenaire = m.code
left join particuliers k on k.partenaire = m.code
left join livraisons l on l.partenaire = m.code
left join ecrites e on e.partenaire = m.code
left join recues q on q.partenaire = m.code
left join zones z on z.partenaire = m.code
left join declares c on c.code = m.code
order by m.rang, m.code
