-- Demandes that came from the folder and that it no longer has. One that was merged stays with the demande that it
-- was found to be, which an exported folder gives for both, as long as that one says all that it names.
-- $1 réseau, $2 keys of its demandes as JSON.
with
  listees as (
    select x.partenaire, x.reference
    from jsonb_to_recordset($2) as x (partenaire text, reference text)
  )
delete from demande d
where d.reseau = $1 and d.origine = 'dossier'
  and (d.partenaire, d.reference) not in (select partenaire, reference from listees)
  and not exists (
    select
    from demande g
    join listees using (partenaire, reference)
    where g.id = d.fusionnee
      and g.partenaires @> d.partenaires and g.themes @> d.themes
      and (d.fiche is null or d.fiche = g.fiche))
