-- $1 réseau, $2 demandes as JSON. What is there already and says the same is not written again; what was
-- loaded apart from the folder stays as it was loaded.
insert into demande as d (
  reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, objet, etat, fiche,
  niveau, reponse, cloture, suite, jours)
select $1, x.reference, x.date, completer(x.themes, g.themes), completer(x.partenaires, g.partenaires), x.maille, x.beneficiaire, x.millesime, x.objet, x.etat, x.fiche, x.niveau, x.reponse, x.cloture, x.suite, x.jours
from jsonb_to_recordset($2) as x (
  reference text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  millesime smallint, objet text, etat text, fiche text, niveau text, reponse date, cloture date,
  suite text, jours numeric)
left join demande a
  on a.reseau = $1 and a.partenaire = x.partenaires[1] and a.reference = x.reference
left join gains_des_fusions($1) g on g.id = a.id
on conflict (reseau, partenaire, reference) do update set
  date = excluded.date, themes = excluded.themes, partenaires = excluded.partenaires,
  maille = excluded.maille, beneficiaire = excluded.beneficiaire, millesime = excluded.millesime,
  objet = excluded.objet, etat = excluded.etat, fiche = excluded.fiche, niveau = excluded.niveau,
  reponse = excluded.reponse, cloture = excluded.cloture, suite = excluded.suite, jours = excluded.jours
where d.origine = 'dossier'
  and (d.date, d.themes, d.partenaires, d.maille, d.beneficiaire, d.millesime, d.objet, d.etat, d.fiche,
    d.niveau, d.reponse, d.cloture, d.suite, d.jours)
  is distinct from (excluded.date, excluded.themes, excluded.partenaires, excluded.maille,
    excluded.beneficiaire, excluded.millesime, excluded.objet, excluded.etat, excluded.fiche,
    excluded.niveau, excluded.reponse, excluded.cloture, excluded.suite, excluded.jours)
