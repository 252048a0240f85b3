-- $1 account, $2 hash of the link's secret, $3 when it ends. A link that was not followed ends with the next.
with anciens as (
  update lien set expire_le = now() where compte = $1 and suivi_le is null and expire_le > now()
)
insert into lien (compte, empreinte, motif, expire_le)
select id, $2, case when empreinte is null then 'invitation' else 'reinitialisation' end, $3
from compte where id = $1
