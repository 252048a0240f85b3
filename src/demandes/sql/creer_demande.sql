-- A demande that somebody types. $1 réseau, $2 reference, $3 the rest as JSON.
insert into demande (
  reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, fiche, objet, etat, niveau, reponse,
  cloture, suite, jours, origine)
select $1, $2, x.date, x.themes, x.partenaires, x.maille, x.beneficiaire, x.millesime, x.fiche, x.objet, x.etat,
  x.niveau, x.reponse, x.cloture, x.suite, x.jours, 'saisie'
from jsonb_to_record($3) as x (
  date date, themes text[], partenaires text[], maille text, beneficiaire text, millesime smallint, fiche text,
  objet text, etat text, niveau text, reponse date, cloture date, suite text, jours numeric(7, 2))
returning id
