-- What a réseau is made of. $1 réseau.
with
  -- Where it is: the box of its communes on the newest contours.
  dernier as (select max(millesime) as millesime from perimetre_actuel where reseau = $1),
  emprises as (
    select t.emprise
    from perimetre_actuel p
    join dernier d on d.millesime = p.millesime
    join millesime m on m.annee = p.millesime
    join territoire t on t.edition = m.edition and t.maille = p.maille and t.code = p.code
    where p.reseau = $1 and p.maille = 'commune' and t.emprise is not null
  )
select
  (select array[min(emprise[1]), min(emprise[2]), max(emprise[3]), max(emprise[4])] from emprises
   having count(*) > 0) as bbox,
  -- Years that have something to say.
  (select array_agg(annee order by annee desc)
   from (
     select extract(year from date)::smallint as annee from demande where reseau = $1
     union
     select annee from reseau where code = $1
   ) as annees) as annees,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', p.code, 'nom', o.nom, 'sigle', o.sigle, 'type', o.type, 'site', p.site,
      'courriel', p.courriel, 'telephone', p.telephone, 'description', p.description,
      'themes', (
        select coalesce(jsonb_agg(pt.theme order by t.rang), '[]')
        from partenaire_theme pt
        join theme t on t.reseau = pt.reseau and t.code = pt.theme
        where pt.reseau = p.reseau and pt.partenaire = p.code)
    ) order by p.rang), '[]')
   from partenaire p join organisme o on o.code = p.organisme
   where p.reseau = $1) as partenaires,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', t.code, 'libelle', t.libelle, 'parent', t.parent) order by t.rang), '[]')
   from theme t
   where t.reseau = $1) as themes,
  (select count(*) from perimetre where reseau = $1 and maille = 'commune') as communes,
  (select count(*) from perimetre where reseau = $1 and maille = 'epci') as epci
