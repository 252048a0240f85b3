-- The demandes of a place, counted and listed. $1 to $9 as `Filtre::arguments` gives them, $10 how many are
-- listed. An EPCI's are its own; those of its member communes are counted apart.
with
  toutes as materialized (select * from demandes_de($1, $2, $3, $4, $5, $6, $7, $8, $9)),
  retenues as materialized (
    select * from toutes d where $8::maille is distinct from 'epci' or d.maille = 'epci'
  ),
  -- A demande counts for each of its themes and each of its partners: these counts add up to more than
  -- the total.
  par_theme as (
    select t.code, t.libelle, t.rang, count(*) as demandes
    from retenues d
    cross join unnest(d.themes) as sien
    join theme t on t.reseau = d.reseau and t.code = sien
    group by t.code, t.libelle, t.rang
  ),
  par_partenaire as (
    select p.code, o.nom, p.rang, count(*) as demandes
    from retenues d
    cross join unnest(d.partenaires) as sien
    join partenaire p on p.reseau = d.reseau and p.code = sien
    join organisme o on o.code = p.organisme
    group by p.code, o.nom, p.rang
  ),
  listees as (
    select d.id, s.revision, s.reference, d.date, d.theme, d.themes, d.partenaire, d.partenaires, d.maille, d.beneficiaire,
      s.objet, s.etat, d.reponse, d.cloture,
      (select jsonb_agg(jsonb_build_object(
           'nom', c.nom, 'fonction', c.fonction, 'courriel', c.courriel, 'telephone', c.telephone) order by c.id)
       from contact c
       where c.demande = r.id) as contacts
    from (select id from retenues order by date desc, id desc limit $10) r
    join demande d on d.id = r.id
    -- What only some may read.
    left join demande_suivie s on s.id = r.id
  )
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
      'id', case when revision is not null then id end, 'revision', revision, 'reference', reference, 'date', date, 'theme', theme, 'themes', themes,
      'partenaire', partenaire, 'partenaires', partenaires,
      'maille', maille, 'beneficiaire', beneficiaire, 'objet', objet, 'etat', etat,
      'reponse', reponse, 'cloture', cloture, 'contacts', contacts)
      order by date desc, id desc), '[]')
   from listees) as demandes
