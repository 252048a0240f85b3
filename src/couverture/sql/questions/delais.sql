-- How long a first answer and the end take, in days: median and ninth decile, over the demandes that have the
-- date; in all, by theme and by leading partner. Demandes without the date are counted, never guessed.
with
  demandes as materialized (
    select d.reseau, d.theme, d.partenaire, d.reponse - d.date as reponse, d.cloture - d.date as cloture
    from demandes_de($1, $2, $3, $4, $5, $6, $7, $8, $9) p
    join demande d on d.id = p.id
  ),
  mesures as (
    select reseau, theme, partenaire, grouping(theme) = 0 as par_theme,
      grouping(partenaire) = 0 as par_partenaire,
      jsonb_build_object(
        'demandes', count(*),
        'avec_reponse', count(reponse),
        'reponse_mediane', percentile_cont(0.5) within group (order by reponse),
        'reponse_decile_9', percentile_cont(0.9) within group (order by reponse),
        'avec_cloture', count(cloture),
        'cloture_mediane', percentile_cont(0.5) within group (order by cloture),
        'cloture_decile_9', percentile_cont(0.9) within group (order by cloture)) as delais
    from demandes
    group by grouping sets ((), (reseau, theme), (reseau, partenaire))
  )
select (select delais from mesures where not par_theme and not par_partenaire)
  || jsonb_build_object(
    'par_theme', (
      select coalesce(jsonb_agg(
        jsonb_build_object('reseau', m.reseau, 'code', m.theme, 'libelle', t.libelle) || m.delais
        order by m.reseau, t.rang), '[]')
      from mesures m join theme t on t.reseau = m.reseau and t.code = m.theme
      where m.par_theme),
    'par_partenaire', (
      select coalesce(jsonb_agg(
        jsonb_build_object('reseau', m.reseau, 'code', m.partenaire, 'nom', o.nom) || m.delais
        order by m.reseau, p.rang), '[]')
      from mesures m
      join partenaire p on p.reseau = m.reseau and p.code = m.partenaire
      join organisme o on o.code = p.organisme
      where m.par_partenaire))
