copy territoire (
  edition, maille, code, nom, nature, siren, departement, region, epci, ept, population, rang,
  codes_postaux, anciens_codes, etat_contour, remarque_contour, point, emprise
) from stdin
