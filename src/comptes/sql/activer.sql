-- $1 account, $2 whether it is open. A closed one is out everywhere at once: policies look at it, and nothing of
-- it waits to serve again.
with
  fermees as (delete from session where compte = $1 and not $2),
  revoques as (update jeton set revoque_le = now() where compte = $1 and not $2 and revoque_le is null),
  liens as (update lien set expire_le = now() where compte = $1 and not $2 and expire_le > now())
update compte set desactive_le = case when $2 then null else coalesce(desactive_le, now()) end where id = $1
