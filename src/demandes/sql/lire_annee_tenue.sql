-- Demandes of a year that a partner leads ($2; null: all of the réseau), as a table that is read again says them: labels
-- where one code has them, codes otherwise. Never a contact. $1 réseau, $3 year.
with
  libelles as (
    select t.code, case when count(*) over (partition by lower(t.libelle)) = 1 then t.libelle else t.code end as libelle
    from theme t
    where t.reseau = $1
  )
select array[
    s.reference, to_char(d.date, 'DD/MM/YYYY'),
    (select string_agg(coalesce(l.libelle, x.code), ' | ' order by x.rang)
     from unnest(d.themes) with ordinality as x (code, rang) left join libelles l on l.code = x.code),
    d.partenaire, nullif(array_to_string(d.partenaires[2:], ' | '), ''), d.beneficiaire,
    coalesce(
      (select t.nom
       from millesime m
       join territoire t on t.edition = m.edition and t.maille::text = d.maille and t.code = d.beneficiaire
       order by m.annee desc
       limit 1),
      (select b.nom from beneficiaire b where b.reseau = $1 and b.code = d.beneficiaire)),
    d.millesime::text, s.objet,
    case s.etat
      when 'recue' then 'À qualifier' when 'en_cours' then 'En cours' when 'terminee' then 'Terminée'
      when 'abandonnee' then 'Abandonnée' when 'refusee' then 'Refusée' when 'brouillon' then 'Brouillon' else 'Essai'
    end,
    s.fiche, s.niveau, to_char(d.reponse, 'DD/MM/YYYY'),
    to_char(d.cloture, 'DD/MM/YYYY'), s.suite, replace(trim_scale(s.jours)::text, '.', ',')
  ] as cellules
from demande_suivie s
join demande d on d.id = s.id
where s.reseau = $1 and s.revision is not null and d.fusionnee is null
  and ($2::text is null or d.partenaire = $2)
  and d.date between make_date($3, 1, 1) and make_date($3, 12, 31)
order by d.date, s.reference collate "C", d.partenaire collate "C"
