insert into bilan_declare (reseau, annee, demandes, communes_servies, communes, epci, texte)
select $1, x.annee, x.demandes, x.communes_servies, x.communes, x.epci, x.texte
from jsonb_to_recordset($2) as x (
  annee smallint, demandes integer, communes_servies integer, communes integer, epci integer,
  texte text)
