insert into regroupement (reseau, code, nom, genre, regle, source)
select $1, x.code, x.nom, x.genre, x.regle, x.source
from jsonb_to_recordset($2) as x (code text, nom text, genre text, regle text, source text)
