-- Whom to call about a demande; who is there already has the function that is said now. $1 réseau, $2 demande,
-- $3 contacts as JSON.
insert into contact as c (reseau, demande, nom, fonction, courriel, telephone, recueilli_le)
select distinct on (x.nom, x.courriel, x.telephone) $1, $2, x.nom, x.fonction, x.courriel, x.telephone, current_date
from jsonb_to_recordset($3) as x (nom text, fonction text, courriel text, telephone text)
on conflict on constraint contact_une_fois do update set fonction = excluded.fonction
where c.fonction is distinct from excluded.fonction
