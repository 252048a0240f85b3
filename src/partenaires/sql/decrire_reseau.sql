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
     select annee from publication where reseau = $1
     union
     select annee from reseau where code = $1
   ) as annees) as annees,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', p.code, 'nom', o.nom, 'sigle', o.sigle, 'type', o.type, 'site', p.site,
      'courriel', p.courriel, 'telephone', p.telephone, 'description', p.description,
      'role', p.role, 'debut', p.debut, 'fin', p.fin, 'cadre', p.cadre,
      -- When it last said that its zones are complete, for a theme at least.
      'zones_declarees_le', (
        select max(d.date) from declaration d
        where d.reseau = p.reseau and d.partenaire = p.code),
      'fiches', (
        select count(*) from fiche_partenaire f where f.reseau = p.reseau and f.partenaire = p.code),
      'themes', (
        select coalesce(jsonb_agg(pt.theme order by t.rang), '[]')
        from partenaire_theme pt
        join theme t on t.reseau = pt.reseau and t.code = pt.theme
        where pt.reseau = p.reseau and pt.partenaire = p.code)
    ) order by p.rang), '[]')
   from partenaire p join organisme o on o.code = p.organisme
   where p.reseau = $1) as partenaires,
  -- Those who coordinate are not counted: documents count the others.
  (select count(*)
   from partenaire p join reseau r on r.code = p.reseau
   where p.reseau = $1 and p.role <> 'coordinateur'
     and make_date(r.annee, 12, 31)
       between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')) as partenaires_comptes,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', t.code, 'libelle', t.libelle, 'parent', t.parent, 'fin', t.fin) order by t.rang), '[]')
   from theme t
   where t.reseau = $1) as themes,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'annee', e.annee, 'nom', e.nom, 'description', e.description) order by e.rang), '[]')
   from reseau_etape e
   where e.reseau = $1) as etapes,
  (select coalesce(jsonb_agg(to_jsonb(b) - 'reseau' order by b.annee), '[]')
   from bilan_declare b
   where b.reseau = $1
     -- What is masked is not said by another way.
     and not exists (
       select
       from publication p
       where p.reseau = b.reseau and p.annee = b.annee and p.maille = 'reseau' and p.demandes is null
         and p.reseau = any (reseaux_masques(array[b.reseau])))) as bilans_declares,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'unite', 'regroupement:' || g.reseau || '/' || g.code, 'nom', g.nom, 'genre', g.genre,
      'regle', g.regle, 'source', g.source,
      'communes', (
        select count(*) from regroupement_commune c
        where c.reseau = g.reseau and c.regroupement = g.code),
      'partagees', (
        select count(*) from regroupement_commune c
        where c.reseau = g.reseau and c.regroupement = g.code and c.partagee)
    ) order by g.genre nulls last, g.nom, g.code), '[]')
   from regroupement g
   where g.reseau = $1) as regroupements,
  (select count(*) from fiche where reseau = $1) as fiches_comptees,
  (select count(*) from perimetre where reseau = $1 and maille = 'commune') as communes,
  (select count(*) from perimetre where reseau = $1 and maille = 'epci') as epci
