-- $1 réseau, $2 its steps as JSON, in their order.
insert into reseau_etape (reseau, rang, annee, nom, description)
select $1, x.rang, x.annee, x.nom, x.description
from rows from (jsonb_to_recordset($2) as (annee smallint, nom text, description text))
  with ordinality as x (annee, nom, description, rang)
