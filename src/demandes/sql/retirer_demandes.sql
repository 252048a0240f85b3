-- Demandes that came from the folder and that it no longer has. $1 réseau, $2 keys of its demandes as JSON.
delete from demande d
where d.reseau = $1 and d.origine = 'dossier'
  and (d.partenaire, d.reference) not in (
    select x.partenaire, x.reference from jsonb_to_recordset($2) as x (partenaire text, reference text))
