-- Réseaux that may be read; $1 the code of one, or null for all.
select r.code, r.nom, r.nom_court, r.departement, r.annee, r.millesime as millesime_reference,
  r.demonstration, r.mention, r.couleur, r.source_nom, r.source_site, r.guichet_nom, r.guichet_site,
  r.guichet_courriel, r.guichet_telephone, r.conservation_mois,
  r.presentation, r.destinataires, r.sig, r.partenaires_annonces, r.fiches_annoncees, r.seuil_couverture,
  -- Not for the owner of the data, from whom no demande is kept.
  case when r.seuil_publication is not null and r.code <> all (mes_reseaux())
    and not est_proprietaire()
    then r.seuil_publication end as seuil_masque
from reseau r
where $1::text is null or r.code = $1
order by r.nom, r.code
