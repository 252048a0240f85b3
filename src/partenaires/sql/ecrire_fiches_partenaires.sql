-- Partners of fiches: those that the folder lists, and no others. $1 réseau, $2 links as JSON; those of fiches that
-- pages keep are not among them.
with
  lus as (
    select *
    from jsonb_to_recordset($2) as x (
      fiche text, partenaire text, niveau text, cout text, conditions text)
  ),
  retires as (
    delete from fiche_partenaire fp
    using fiche f
    where fp.reseau = $1 and f.reseau = fp.reseau and f.code = fp.fiche and f.origine = 'dossier'
      and (fp.fiche, fp.partenaire) not in (select fiche, partenaire from lus)
  )
insert into fiche_partenaire as fp (reseau, fiche, partenaire, niveau, cout, conditions)
select $1, l.fiche, l.partenaire, l.niveau, l.cout, l.conditions
from lus l
on conflict (reseau, fiche, partenaire) do update set
  niveau = excluded.niveau, cout = excluded.cout, conditions = excluded.conditions
where (fp.niveau, fp.cout, fp.conditions) is distinct from (excluded.niveau, excluded.cout, excluded.conditions)
