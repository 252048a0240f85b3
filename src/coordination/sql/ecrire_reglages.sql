-- $1 réseau, $2 what its form says, as JSON.
update reseau r
set nom = x.nom, nom_court = x.nom_court, couleur = x.couleur, presentation = x.presentation,
  destinataires = x.destinataires, guichet_nom = x.guichet_nom, guichet_site = x.guichet_site,
  guichet_courriel = x.guichet_courriel, guichet_telephone = x.guichet_telephone,
  public = x.public, partenaires_se_voient = x.partenaires_se_voient,
  conservation_mois = x.conservation_mois, journal_mois = x.journal_mois, cadres = x.cadres,
  origines = x.origines, origine = 'page'
from jsonb_populate_record(null::reseau, $2) x
where r.code = $1
