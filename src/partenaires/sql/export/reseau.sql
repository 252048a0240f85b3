-- What reseau.toml says, under its keys. $1 réseau.
select jsonb_build_object(
  'code', r.code,
  'nom', r.nom,
  'nom_court', nullif(r.nom_court, r.nom),
  'departement', r.departement,
  'annee', r.annee,
  'millesime', r.millesime,
  'demonstration', r.demonstration,
  'mention', r.mention,
  -- A sentence that ends with its address, as it is read.
  'source', r.source_nom || coalesce(' (' || r.source_site || ')', ''),
  'couleur', r.couleur,
  'public', r.public,
  'guichet', case when r.guichet_nom is not null then
    jsonb_build_object('nom', r.guichet_nom, 'site', r.guichet_site, 'courriel', r.guichet_courriel,
      'telephone', r.guichet_telephone) end,
  'presentation', r.presentation,
  'destinataires', r.destinataires,
  'sig', r.sig,
  'partenaires_annonces', r.partenaires_annonces,
  'fiches_annoncees', r.fiches_annoncees,
  'seuil_couverture', r.seuil_couverture,
  'conservation_mois', r.conservation_mois,
  'journal_mois', r.journal_mois,
  'seuil_publication', r.seuil_publication,
  'cadres', r.cadres,
  'origines', r.origines,
  'partenaires_se_voient', r.partenaires_se_voient,
  'millesimes', (
    select coalesce(jsonb_object_agg(m.annee, m.millesime), '{}')
    from reseau_millesime m
    where m.reseau = r.code),
  'etapes', (
    select coalesce(jsonb_agg(
      jsonb_build_object('annee', e.annee, 'nom', e.nom, 'description', e.description)
      order by e.rang), '[]')
    from reseau_etape e
    where e.reseau = r.code),
  'bilans', (
    select coalesce(jsonb_agg(to_jsonb(b) - 'reseau' order by b.annee), '[]')
    from bilan_declare b
    where b.reseau = r.code))
from reseau r
where r.code = $1
