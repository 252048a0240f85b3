-- Demandes by year, by theme and by partner: of a place, or of all (null). $1 réseaux whose demandes are read one by one,
-- $2 those that mask small counts, $3 partner (null: any), $4 edition and $5 its millésime, $6 maille and $7 code of the
-- place. An EPCI's are its own; those of its communes are counted apart.
with
  toutes as materialized (
    select d.reseau, extract(year from d.date)::smallint as annee, d.themes, d.partenaires, x.reponse, x.cloture,
      $6::maille is distinct from 'epci' or d.maille = 'epci' as propre
    from demandes_de($1, null, $3, '1900-01-01', '2100-12-31', $4, $5, $6, $7) d
    join demande x on x.id = d.id
  ),
  annees as (
    select reseau, annee, count(*) filter (where propre) as demandes,
      count(*) filter (where not propre) as des_communes,
      count(reponse) filter (where propre) as repondues, count(cloture) filter (where propre) as closes,
      false as masquee
    from toutes
    group by reseau, annee
    union all
    -- What is published of the others. A year that is published and has no row for the place had none there.
    select t.reseau, t.annee, coalesce(p.demandes, 0), 0, 0, 0, p.reseau is not null and p.demandes is null
    from publication t
    left join publication p
      on p.reseau = t.reseau and p.annee = t.annee and p.maille = coalesce($6::text, 'reseau')
      and p.code = coalesce($7, '') and p.millesime = t.millesime
    where t.reseau = any ($2) and t.maille = 'reseau' and t.millesime = $5 and $3::text is null
      and ($6::maille is null or $6 in ('commune', 'epci', 'departement'))
  ),
  -- A demande counts for each of its themes and each of its partners.
  themes as (
    select t.libelle, count(*) as demandes
    from toutes d
    cross join unnest(d.themes) sien
    join theme t on t.reseau = d.reseau and t.code = sien
    where d.propre
    group by t.libelle
  ),
  partenaires as (
    select o.nom, count(*) as demandes
    from toutes d
    cross join unnest(d.partenaires) sien
    join partenaire p on p.reseau = d.reseau and p.code = sien
    join organisme o on o.code = p.organisme
    where d.propre
    group by o.nom
  )
select
  (select coalesce(jsonb_agg(jsonb_build_object(
      'reseau', reseau, 'annee', annee, 'demandes', case when not masquee then demandes end,
      'des_communes', des_communes, 'repondues', repondues, 'closes', closes) order by annee, reseau), '[]')
   from annees) as annees,
  (select coalesce(jsonb_agg(jsonb_build_array(libelle, demandes) order by demandes desc, libelle), '[]')
   from themes) as themes,
  (select coalesce(jsonb_agg(jsonb_build_array(nom, demandes) order by demandes desc, nom), '[]')
   from partenaires) as partenaires
