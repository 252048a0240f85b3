-- Erases contacts past their time (`compter_contacts.sql`). $1 réseau, or null for all; $2 today.
delete from contact c
using demande d, reseau r
where d.id = c.demande and r.code = c.reseau
  and ($1::text is null or r.code = $1)
  and coalesce(d.cloture, d.date) + make_interval(months => r.conservation_mois) < $2
