insert into beneficiaire (reseau, code, nom, nature, siren)
select $1, x.code, x.nom, x.nature, x.siren
from jsonb_to_recordset($2) as x (code text, nom text, nature text, siren text)
