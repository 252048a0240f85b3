select nom, fonction, fonction_d_edition, titre, description, zoom_min, zoom_max, champs, parametres,
  publiee_jusqu_a
from couche
order by nom
