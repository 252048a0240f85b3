select nom, fonction, titre, description, zoom_min, zoom_max, champs, parametres, publiee_jusqu_a
from couche
order by nom
