-- A partner of a réseau: who it is, what it does, where. $1 réseau, $2 partner, $3 edition and $4 its millésime. Its zones
-- are those in force at the end of the réseau's own year.
with
  vigueur as materialized (select * from zones_en_vigueur(array[$1], null, $2, null)),
  couvertes as materialized (
    select distinct zc.commune
    from vigueur v
    join zone_commune zc on zc.zone = v.zone and zc.millesime = $4 and zc.couverte and zc.dans_perimetre
  ),
  perimetre as materialized (
    select t.code, t.nom, t.epci, t.emprise, k.commune is not null as couverte
    from perimetre_actuel p
    join territoire t on t.edition = $3 and t.maille = 'commune' and t.code = p.code
    left join couvertes k on k.commune = t.code
    where p.reseau = $1 and p.millesime = $4 and p.maille = 'commune'
  )
select
  jsonb_build_object('code', p.code, 'nom', o.nom, 'sigle', o.sigle, 'type', o.type, 'site', p.site,
    'courriel', p.courriel, 'telephone', p.telephone, 'description', p.description) as identite,
  o.siren, p.role, p.debut, p.fin, p.cadre,
  (select max(d.date) from declaration d where d.reseau = p.reseau and d.partenaire = p.code) as zones_declarees_le,
  (select coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'libelle', t.libelle, 'parent', a.libelle)
      order by t.rang), '[]')
   from partenaire_theme pt
   join theme t on t.reseau = pt.reseau and t.code = pt.theme
   left join theme a on a.reseau = t.reseau and a.code = t.parent
   where pt.reseau = p.reseau and pt.partenaire = p.code) as themes,
  (select coalesce(jsonb_agg(jsonb_build_object('nom', v.nom, 'theme', t.libelle,
      'debut', z.debut, 'fin', z.fin, 'dessinee', z.surface is not null) order by t.rang nulls first, v.code), '[]')
   from vigueur v
   join zone z on z.id = v.zone
   left join theme t on t.reseau = v.reseau and t.code = v.theme) as zones,
  -- By EPCI: its communes in the perimeter, and those of them that the partner covers.
  (select coalesce(jsonb_agg(jsonb_build_object('code', g.epci, 'nom', e.nom, 'communes', g.communes,
      'couvertes', g.couvertes) order by e.nom), '[]')
   from (
     select m.epci, count(*) as communes,
       jsonb_agg(jsonb_build_object('code', m.code, 'nom', m.nom) order by m.nom) filter (where m.couverte) as couvertes
     from perimetre m
     group by m.epci
     having bool_or(m.couverte)
   ) g
   left join territoire e on e.edition = $3 and e.maille = 'epci' and e.code = g.epci) as epci,
  (select count(*) from perimetre where couverte) as communes_couvertes,
  (select count(*) from perimetre) as communes,
  (select array_agg(distinct epci) filter (where epci is not null) from perimetre) as epci_du_perimetre,
  (select array[min(emprise[1]), min(emprise[2]), max(emprise[3]), max(emprise[4])] from perimetre) as emprise
from partenaire p
join organisme o on o.code = p.organisme
where p.reseau = $1 and p.code = $2
