-- Communes and EPCI that a demande may be of, those of today and those that are no longer, with the
-- millésimes that their code is of. $1 réseau.
with
  nouveau as (select max(annee) as annee from millesime),
  -- The réseau's perimeter, in its own codes and in those of the loaded millésimes.
  perimetres as (
    select maille, code from perimetre where reseau = $1
    union
    select maille, code from perimetre_actuel where reseau = $1
  ),
  -- Each unit as the newest millésime that has it says it.
  publiees as (
    select distinct on (t.maille, t.code)
      t.maille, t.code, t.nom, t.codes_postaux, t.departement, m.annee
    from millesime m
    join territoire t on t.edition = m.edition
    where t.maille in ('commune', 'epci')
    order by t.maille, t.code, m.annee desc
  ),
  -- What each former code was last, and became.
  passages as (
    select distinct on (p.ancien) p.ancien, p.nouveau, p.nom,
      min(p.depuis) over (partition by p.ancien) as depuis,
      max(p.jusqu) over (partition by p.ancien) as jusqu
    from passage p join nouveau n on p.vers = n.annee
    order by p.ancien, p.jusqu desc, p.part desc nulls last, p.nouveau
  ),
  -- The first millésime of a code that came out of another.
  apparitions as (
    select m.apres as code,
      min(extract(year from m.date) + (extract(doy from m.date) > 1)::int)::smallint as depuis
    from mouvement m
    where m.apres is distinct from m.avant
      and not exists (select from mouvement a where a.avant = m.apres and a.date <= m.date)
    group by m.apres
  ),
  autres_noms as (
    select n.maille, n.code, array_agg(distinct n.nom) as noms
    from (
      select maille, code, nom from perimetre where reseau = $1
      union all
      select t.maille, t.code, t.nom
      from millesime m join territoire t on t.edition = m.edition
      where t.maille in ('commune', 'epci')
    ) as n
    join publiees p on p.maille = n.maille and p.code = n.code and p.nom <> n.nom
    group by n.maille, n.code
  ),
  toutes as (
    select p.maille, p.code, p.nom, p.codes_postaux, p.departement,
      a.depuis, null::smallint as jusqu, null as successeur
    from publiees p
    cross join nouveau n
    left join apparitions a on p.maille = 'commune' and a.code = p.code
    where p.annee = n.annee or p.maille = 'epci'
    union all
    select 'commune', a.ancien, coalesce(p.nom, a.nom, d.nom, a.ancien), coalesce(p.codes_postaux, '{}'),
      s.departement, a.depuis, a.jusqu, a.nouveau
    from passages a
    cross join nouveau n
    left join publiees p on p.maille = 'commune' and p.code = a.ancien
    left join publiees s on s.maille = 'commune' and s.code = a.nouveau
    left join perimetre d on d.reseau = $1 and d.maille = 'commune' and d.code = a.ancien
    where p.annee is distinct from n.annee
  )
select t.maille, t.code, t.nom,
  -- A commune may have changed its name and kept its code.
  coalesce(a.noms, '{}') as autres_noms, t.codes_postaux, t.depuis, t.jusqu, t.successeur,
  case
    when exists (select from perimetres) then
      (t.maille, t.code) in (select maille, code from perimetres)
      or (t.maille, coalesce(t.successeur, t.code)) in (select maille, code from perimetres)
    else t.departement is not distinct from r.departement
  end as dans
from toutes t
join reseau r on r.code = $1
left join autres_noms a on a.maille = t.maille and a.code = t.code
order by t.maille, t.code
