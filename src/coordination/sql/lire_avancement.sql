-- What a réseau has and lacks today. $1 réseau.
with
  membres as (
    select p.*
    from partenaire p
    where p.reseau = $1 and current_date between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
  ),
  en_vigueur as (
    select z.*
    from zone z
    where z.reseau = $1 and z.etat = 'validee' and current_date between z.debut and coalesce(z.fin, 'infinity')
  )
select
  (select count(*) from theme where reseau = $1) as themes,
  (select count(*) from membres) as partenaires,
  (select count(*) from membres m where not exists (
    select from partenaire_theme t where t.reseau = m.reseau and t.partenaire = m.code)) as partenaires_sans_theme,
  (select count(*) from fiche where reseau = $1) as fiches,
  (select count(*) from droit where reseau = $1) as personnes,
  (select count(*) from en_vigueur) as zones,
  (select count(*) from zone where reseau = $1 and etat = 'proposee') as propositions,
  (select count(*) from membres m where not exists (
    select from en_vigueur z where z.partenaire = m.code)) as partenaires_sans_zone,
  -- As the questions about coverage have it.
  (select count(*) from partenaires_concernes(array[$1], null, null, current_date) where not zones_declarees)
    as non_declares,
  (select guichet_nom is not null from reseau where code = $1) as guichet,
  (select count(*) from perimetre where reseau = $1 and maille = 'commune') as perimetre
