-- Nothing when another has just published this version. $1 réseau, $2 year, $3 version, $4 note, $5 day, $6 figures, $7 texts, $8 maps, $9 document.
insert into rapport_publie (reseau, annee, version, note, edition, donnees, textes, cartes, pdf, empreinte)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, sha256($9))
on conflict (reseau, annee, version) do nothing
returning version
