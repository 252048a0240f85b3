-- The demandes that a table changes, as far as they are still as they were compared. $1 rows as JSON.
update demande d
set date = c.date, themes = c.themes, partenaires = c.partenaires, maille = c.maille,
  beneficiaire = c.beneficiaire, millesime = c.millesime, fiche = c.fiche, objet = c.objet,
  etat = c.etat, niveau = c.niveau, reponse = c.reponse, cloture = c.cloture, suite = c.suite,
  jours = c.jours, origine = 'tableau'
from jsonb_to_recordset($1) as c (
  id bigint, revision integer, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint, fiche text, objet text, etat text, niveau text, reponse date, cloture date, suite text,
  jours numeric(7, 2))
where d.id = c.id and d.revision = c.revision
