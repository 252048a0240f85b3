-- What is to be looked at among the demandes of a year, one line each. $1 réseau, $2 year, $3 partner (null: all).
with
  cadre as (select edition, millesime from edition_dessinee()),
  demandes as (
    select d.id, d.reseau, d.date, d.theme, d.themes, d.partenaire, d.maille, d.beneficiaire, d.millesime
    from demande d
    where d.reseau = $1 and d.comptee and d.date between make_date($2, 1, 1) and make_date($2, 12, 31)
      and ($3::text is null or d.partenaire = $3)
  ),
  -- The code of its beneficiary is in no list.
  perdues as (
    select d.id
    from demandes d
    cross join cadre k
    left join succession s
      on s.reseau = d.reseau and s.millesime = k.millesime and s.maille = 'commune' and s.ancien = d.beneficiaire
      and s.de = d.millesime and d.maille = 'commune'
    where case d.maille
      when 'autre' then d.beneficiaire !~ '^[0-9]{9}$' and not exists (
        select from beneficiaire b where b.reseau = d.reseau and b.code = d.beneficiaire)
      else not exists (
        select from territoire t
        where t.edition = k.edition and t.maille::text = d.maille and t.code = coalesce(s.code, d.beneficiaire))
    end
  ),
  -- Of the same beneficiary and a theme in common, at most 60 days apart, by two partners, and undecided: as
  -- `maillage doublons` finds them.
  doublons as (
    select a.id, b.id as autre
    from demandes a
    join demande b
      on b.maille = a.maille and b.beneficiaire = a.beneficiaire and b.reseau = a.reseau
      and b.date between a.date - 60 and a.date + 60
      and b.partenaire <> a.partenaire and b.themes && a.themes
    where b.comptee
      and not exists (
        select from doublon x
        where x.premiere = least(a.id, b.id) and x.seconde = greatest(a.id, b.id))
  ),
  vues as (
    select id, 'beneficiaire' as genre, null::bigint as autre from perdues
    union all
    select id, 'doublon', min(autre) from doublons group by id
    union all
    select id, 'futur', null from demandes where date > current_date
    union all
    select d.id, 'adhesion', null
    from demandes d
    join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
    where d.date not between coalesce(p.debut, '-infinity') and coalesce(p.fin, 'infinity')
    union all
    select d.id, 'theme_fini', null
    from demandes d
    join theme t on t.reseau = d.reseau and t.code = d.theme
    where d.date > t.fin
  )
select d.partenaire, v.genre, s.reference, d.date, d.maille, d.beneficiaire,
  coalesce(t.nom, b.nom) as nom, s.objet, a.partenaire || ' : ' || sa.reference as autre
from vues v
join demandes d on d.id = v.id
cross join cadre k
left join demande_suivie s on s.id = d.id
left join territoire t on t.edition = k.edition and t.maille::text = d.maille and t.code = d.beneficiaire
left join beneficiaire b on b.reseau = d.reseau and b.code = d.beneficiaire and d.maille = 'autre'
left join demande a on a.id = v.autre
left join demande_suivie sa on sa.id = a.id
order by d.partenaire, v.genre, d.date, d.id
