-- The demandes that changed, and no other.
update demande d
set date = c.date, themes = c.themes, partenaires = c.partenaires, maille = c.maille,
  beneficiaire = c.beneficiaire, millesime = c.millesime, fiche = c.fiche, objet = c.objet,
  etat = c.etat, niveau = c.niveau, reponse = c.reponse, cloture = c.cloture, suite = c.suite,
  jours = c.jours, origine = 'tableau'
from comparee c
where d.id = c.id and c.changements <> '{}' and c.changements <> '{contact}'
