-- $1 réseau, $2 its partners as JSON.
insert into partenaire (
  reseau, code, organisme, rang, site, courriel, telephone, description, role, debut, fin, cadre)
select $1, x.code, o.code, x.rang, x.site, x.courriel, x.telephone, x.description, x.role, x.debut,
  x.fin, x.cadre
from jsonb_to_recordset($2) as x (
  code text, siren text, rang smallint, site text, courriel text, telephone text,
  description text, role text, debut date, fin date, cadre text)
join organisme o on o.code = coalesce(x.siren, $1 || '/' || x.code)
on conflict (reseau, code) do update set
  organisme = excluded.organisme, rang = excluded.rang, site = excluded.site,
  courriel = excluded.courriel, telephone = excluded.telephone, description = excluded.description,
  role = excluded.role, debut = excluded.debut, fin = excluded.fin, cadre = excluded.cadre
