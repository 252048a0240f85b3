-- What a folder no longer lists and that rows from elsewhere still name: demandes of partners' tables, and
-- zones that were proposed. $1 réseau; $2 partners, $3 themes and $4 fiches that the folder lists.
with
  demandes as (
    select p as partenaire, t as theme, d.fiche
    from demande d
    cross join unnest(d.partenaires) as p
    cross join unnest(d.themes) as t
    where d.reseau = $1 and d.origine <> 'dossier'
  ),
  zones as (select partenaire, theme from zone where reseau = $1 and origine <> 'dossier'),
  usages as (
    select 'Le partenaire' as quoi, partenaire as code, 'partenaires.csv' as fichier from demandes
    where partenaire <> all ($2)
    union all
    select 'Le partenaire', partenaire, 'partenaires.csv' from zones where partenaire <> all ($2)
    union all
    select 'Le thème', theme, 'themes.csv' from demandes where theme <> all ($3)
    union all
    select 'Le thème', theme, 'themes.csv' from zones where theme is not null and theme <> all ($3)
    union all
    select 'La fiche', fiche, 'fiches.csv' from demandes where fiche is not null and fiche <> all ($4)
  )
select format('%s « %s » n''est plus dans %s, mais des demandes ou des zones chargées à part le citent.',
  quoi, code, fichier)
from usages
group by quoi, code, fichier
order by quoi, code
