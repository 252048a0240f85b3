-- A demande as it is from now on, if it is still as it was read. $1 number, $2 revision, $3 what it says, as JSON. Loaded
-- from the réseau's folder, it is now apart from it: the folder writes over it no more.
update demande d
set date = x.date, themes = x.themes, partenaires = x.partenaires, maille = x.maille, beneficiaire = x.beneficiaire,
  millesime = x.millesime, fiche = x.fiche, objet = x.objet, etat = x.etat, niveau = x.niveau, reponse = x.reponse,
  cloture = x.cloture, suite = x.suite, jours = x.jours, origine = $4
from jsonb_to_record($3) as x (
  date date, themes text[], partenaires text[], maille text, beneficiaire text, millesime smallint, fiche text,
  objet text, etat text, niveau text, reponse date, cloture date, suite text, jours numeric(7, 2))
where d.id = $1 and d.revision = $2 and d.fusionnee is null
returning d.revision
