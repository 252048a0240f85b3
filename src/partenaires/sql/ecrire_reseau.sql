-- $1 the réseau as JSON: it is there or it becomes what is written. $2 whether it says a threshold of publication:
-- what the coordinator chose stays otherwise.
insert into reseau as r
select x.*
from jsonb_populate_record(null::reseau, $1) as x
on conflict (code) do update set
  nom = excluded.nom, nom_court = excluded.nom_court, departement = excluded.departement,
  annee = excluded.annee, millesime = excluded.millesime, demonstration = excluded.demonstration,
  mention = excluded.mention, couleur = excluded.couleur, source_nom = excluded.source_nom,
  source_site = excluded.source_site, guichet_nom = excluded.guichet_nom,
  guichet_site = excluded.guichet_site, guichet_courriel = excluded.guichet_courriel,
  guichet_telephone = excluded.guichet_telephone, public = excluded.public,
  presentation = excluded.presentation, destinataires = excluded.destinataires, sig = excluded.sig,
  partenaires_annonces = excluded.partenaires_annonces,
  fiches_annoncees = excluded.fiches_annoncees, seuil_couverture = excluded.seuil_couverture,
  conservation_mois = excluded.conservation_mois, journal_mois = excluded.journal_mois,
  cadres = excluded.cadres, origines = excluded.origines,
  seuil_publication = case when $2 then excluded.seuil_publication else r.seuil_publication end,
  partenaires_se_voient = excluded.partenaires_se_voient
