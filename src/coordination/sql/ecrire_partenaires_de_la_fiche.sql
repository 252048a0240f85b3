-- $1 réseau, $2 fiche, $3 its partners as JSON, each with what is its own: these, and no others.
with
  dits as (
    select * from jsonb_to_recordset($3) as x (partenaire text, niveau text, cout text, conditions text)
  ),
  retires as (
    delete from fiche_partenaire fp
    where fp.reseau = $1 and fp.fiche = $2 and fp.partenaire not in (select partenaire from dits)
  )
insert into fiche_partenaire as fp (reseau, fiche, partenaire, niveau, cout, conditions)
select $1, $2, d.partenaire, d.niveau, d.cout, d.conditions
from dits d
on conflict (reseau, fiche, partenaire) do update set
  niveau = excluded.niveau, cout = excluded.cout, conditions = excluded.conditions
where (fp.niveau, fp.cout, fp.conditions) is distinct from (excluded.niveau, excluded.cout, excluded.conditions)
