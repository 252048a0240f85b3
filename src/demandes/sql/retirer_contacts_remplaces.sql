-- Contacts that a demande has no more. $1 demande, $2 those that it has, as JSON.
delete from contact c
where c.demande = $1 and not exists (
  select
  from jsonb_to_recordset($2) as x (nom text, courriel text, telephone text)
  where (x.nom, x.courriel, x.telephone) is not distinct from (c.nom, c.courriel, c.telephone))
