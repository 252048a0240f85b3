-- $1 réseau, $2 its partners as JSON. A body that another réseau also has stays as it is: one
-- réseau does not rename what others show.
insert into organisme (code, siren, nom, sigle, type)
select coalesce(x.siren, $1 || '/' || x.code), x.siren, x.nom, x.sigle, x.type
from jsonb_to_recordset($2) as x (code text, siren text, nom text, sigle text, type text)
on conflict (code) do nothing
