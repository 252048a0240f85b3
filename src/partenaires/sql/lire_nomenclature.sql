-- Every unit that a published millésime has, as the newest of them says it, with the codes that have
-- come to it: those whose largest part it has.
with
  anciens as (
    select nouveau, array_agg(ancien) as codes
    from (
      select distinct on (p.ancien) p.ancien, p.nouveau
      from passage p
      where p.vers = (select max(annee) from millesime)
      order by p.ancien, p.jusqu desc, p.part desc nulls last, p.nouveau
    ) as principaux
    group by nouveau
  )
select distinct on (t.maille, t.code)
  t.maille, t.code, t.nom, t.codes_postaux, coalesce(a.codes, '{}') as anciens_codes
from millesime m
join territoire t on t.edition = m.edition
left join anciens a on t.maille = 'commune' and a.nouveau = t.code
order by t.maille, t.code, m.annee desc
