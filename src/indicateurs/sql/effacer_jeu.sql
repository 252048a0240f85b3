-- Erases what was loaded for an indicator ($1), a period ($2), a maille ($3) and a millésime ($4).
with efface as (
  delete from jeu
  where indicateur = $1 and periode = $2 and maille = $3 and millesime = $4
  returning id)
delete from valeur where jeu in (select id from efface)
