insert into reseau (
  code, nom, nom_court, departement, annee, millesime, demonstration, mention, couleur,
  source_nom, source_site, guichet_nom, guichet_site, public
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
