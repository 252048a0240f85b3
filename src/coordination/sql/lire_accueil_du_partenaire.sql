-- Where a partner is: its zones, its demandes of a year, what it has delivered and declared. $1 réseau, $2 partner,
-- $3 year.
with
  zones as (
    select z.*, z.etat = 'validee' and current_date between z.debut and coalesce(z.fin, 'infinity') as court
    from zone z
    where z.reseau = $1 and z.partenaire = $2
  ),
  demandes as (
    select d.date
    from demande d
    where d.reseau = $1 and d.partenaire = $2 and d.comptee
  )
select
  (select count(*) from zones where court) as en_vigueur,
  (select count(*) from zones where etat = 'proposee') as proposees,
  -- Refused, and not proposed again since.
  (select count(*) from zones z
   where z.etat = 'refusee' and not exists (select from zones s where s.code = z.code and s.version > z.version))
    as refusees,
  (select count(distinct zc.commune)
   from zones z
   join zone_commune zc on zc.zone = z.id and zc.couverte and zc.dans_perimetre
   join edition_dessinee() e on e.millesime = zc.millesime
   where z.court) as communes,
  (select count(*) from perimetre_actuel p
   join edition_dessinee() e on e.millesime = p.millesime
   where p.reseau = $1 and p.maille = 'commune') as perimetre,
  (select count(*) from demandes
   where date between make_date($3, 1, 1) and make_date($3, 12, 31)) as demandes,
  (select count(*) from demandes) as toutes,
  (select count(*) from demande d
   join demande_suivie s on s.id = d.id and s.etat = 'recue'
   where d.reseau = $1 and not d.comptee and $2 = any (d.partenaires)) as recues,
  (select max(l.le) from livraison l where l.reseau = $1 and l.partenaire = $2) as livree_le,
  (select max(x.date) from declaration x where x.reseau = $1 and x.partenaire = $2) as declarees_le,
  coalesce((
    select c.zones_declarees
    from partenaires_concernes(array[$1], null, $2, current_date) c
    where c.code = $2), false) as declarees
