-- Demandes of a folder that were loaded apart from it, and say something else there. $1 réseau, $2 demandes of
-- the folder as JSON.
select d.partenaire || ' ' || d.reference
from jsonb_to_recordset($2) as x (
  reference text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
  objet text, etat text)
join demande d
  on d.reseau = $1 and d.partenaire = x.partenaires[1] and d.reference = x.reference
where d.origine <> 'dossier'
  and (d.date, d.themes, d.partenaires, d.maille, d.beneficiaire, d.objet, d.etat)
    is distinct from (x.date, x.themes, x.partenaires, x.maille, x.beneficiaire, x.objet, x.etat)
order by 1
