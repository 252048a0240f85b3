-- The demandes of a place, counted and listed. $1 réseau, $2 theme, $3 partner, $4 year, $5 edition,
-- $6 millésime, $7 and $8 the place (maille and code; null for the whole réseau), $9 how many are
-- listed. An EPCI's are its own; those of its member communes are counted apart.
with
  toutes as materialized (select * from demandes_de($1, $2, $3, $4, $5, $6, $7, $8)),
  retenues as materialized (
    select * from toutes d where $7::maille is distinct from 'epci' or d.maille = 'epci'
  ),
  par_theme as (
    select t.code, t.libelle, t.rang, count(*) as demandes
    from retenues d
    join theme t on t.reseau = d.reseau and t.code = d.theme
    group by t.code, t.libelle, t.rang
  ),
  -- A demande counts for each of its partners: these counts add up to more than the total.
  par_partenaire as (
    select p.code, o.nom, p.rang, count(*) as demandes
    from retenues d
    join demande_partenaire dp on dp.reseau = d.reseau and dp.reference = d.reference
    join partenaire p on p.reseau = dp.reseau and p.code = dp.partenaire
    join organisme o on o.code = p.organisme
    group by p.code, o.nom, p.rang
  ),
  listees as (select * from retenues order by date desc, reference desc limit $9)
select
  (select count(*) from retenues) as total,
  (select count(*) from toutes where maille = 'commune') as communes_total,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', code, 'libelle', libelle, 'demandes', demandes) order by demandes desc, rang), '[]')
   from par_theme) as par_theme,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'code', code, 'nom', nom, 'demandes', demandes) order by demandes desc, rang), '[]')
   from par_partenaire) as par_partenaire,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'reference', reference, 'date', date, 'theme', theme, 'partenaire', partenaire,
      'maille', maille, 'beneficiaire', beneficiaire, 'objet', objet, 'etat', etat)
      order by date desc, reference desc), '[]')
   from listees) as demandes
