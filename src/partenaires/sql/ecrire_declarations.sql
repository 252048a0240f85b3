-- Declarations of partners: those that the folder lists, and no others. $1 réseau, $2 declarations as JSON; those of
-- partners that pages keep are not among them.
with
  lues as (
    select * from jsonb_to_recordset($2) as x (partenaire text, theme text, date date)
  ),
  retirees as (
    delete from declaration d
    using partenaire p
    where d.reseau = $1 and p.reseau = d.reseau and p.code = d.partenaire and p.origine = 'dossier'
      and not exists (
        select from lues l where l.partenaire = d.partenaire and l.theme is not distinct from d.theme)
  )
insert into declaration as d (reseau, partenaire, theme, date)
select $1, l.partenaire, l.theme, l.date
from lues l
on conflict on constraint declaration_identifiee do update set date = excluded.date
where d.date <> excluded.date
