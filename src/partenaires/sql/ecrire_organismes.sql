-- $1 réseau, $2 its partners as JSON. A body that another réseau also has, or whose partner pages keep, stays as it
-- is: one does not rename what others show.
insert into organisme as o (code, siren, nom, sigle, type)
select coalesce(x.siren, $1 || '/' || x.code), x.siren, x.nom, x.sigle, x.type
from jsonb_to_recordset($2) as x (code text, siren text, nom text, sigle text, type text)
on conflict (code) do update set nom = excluded.nom, sigle = excluded.sigle, type = excluded.type
where not exists (
  select from partenaire p where p.organisme = o.code and (p.reseau <> $1 or p.origine = 'page'))
