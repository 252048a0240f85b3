-- What a folder no longer lists and that rows from elsewhere still name: demandes of partners' tables, zones that were
-- proposed, and what pages keep. $1 réseau; $2 partners, $3 themes, $4 fiches, $5 regroupements and $6 other
-- beneficiaries that the folder lists, with what pages keep.
with
  demandes as (select * from demande where reseau = $1 and origine <> 'dossier'),
  zones as (select * from zone where reseau = $1 and origine <> 'dossier'),
  usages as (
    select 'Le partenaire' as quoi, p as code, 'partenaires.csv' as fichier, d.id as demande,
      null::integer as zone
    from demandes d cross join unnest(d.partenaires) as p
    where p <> all ($2)
    union
    select 'Le partenaire', partenaire, 'partenaires.csv', null, id
    from zones
    where partenaire <> all ($2)
    union
    select 'Le thème', t, 'themes.csv', d.id, null
    from demandes d cross join unnest(d.themes) as t
    where t <> all ($3)
    union
    select 'Le thème', theme, 'themes.csv', null, id
    from zones
    where theme is not null and theme <> all ($3)
    union
    select 'La fiche', fiche, 'fiches.csv', id, null
    from demandes
    where fiche is not null and fiche <> all ($4)
    union
    select 'Le regroupement', u.code, 'regroupements.csv', null, z.id
    from zones z join zone_unite u on u.zone = z.id
    where u.maille::text = 'regroupement' and u.code <> all ($5)
    union
    -- One that never was in the table is named by its SIREN alone.
    select 'Le bénéficiaire', b.code, 'beneficiaires.csv', d.id, null
    from demandes d
    join beneficiaire b on b.reseau = d.reseau and b.code = d.beneficiaire
    where d.maille = 'autre' and b.code <> all ($6)
  )
select format(
  '%s « %s » n''est plus dans %s, mais des lignes chargées à part le citent (demandes : %s, zones : %s).',
  quoi, code, fichier, count(demande), count(zone))
from usages
group by quoi, code, fichier
union all
select distinct format('%s « %s » n''est plus dans %s, mais %s, que les pages tiennent, le cite.', l.quoi, l.code, l.fichier, l.qui)
from (
  select 'Le thème' as quoi, pt.theme as code, 'themes.csv' as fichier, 'le partenaire ' || pt.partenaire as qui
  from partenaire_theme pt
  join partenaire p on p.reseau = pt.reseau and p.code = pt.partenaire and p.origine = 'page'
  where pt.reseau = $1 and pt.theme <> all ($3)
  union all
  select 'Le thème', ft.theme, 'themes.csv', 'la fiche ' || ft.fiche
  from fiche_theme ft
  join fiche f on f.reseau = ft.reseau and f.code = ft.fiche and f.origine = 'page'
  where ft.reseau = $1 and ft.theme <> all ($3)
  union all
  select 'Le thème', t.parent, 'themes.csv', 'le thème ' || t.code
  from theme t
  where t.reseau = $1 and t.origine = 'page' and t.parent <> all ($3)
  union all
  select 'Le partenaire', fp.partenaire, 'partenaires.csv', 'la fiche ' || fp.fiche
  from fiche_partenaire fp
  join fiche f on f.reseau = fp.reseau and f.code = fp.fiche and f.origine = 'page'
  where fp.reseau = $1 and fp.partenaire <> all ($2)
) l
order by 1
