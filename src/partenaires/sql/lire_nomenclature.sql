-- Every unit that a published millésime has, as the newest of them says it.
select distinct on (t.maille, t.code)
  t.maille, t.code, t.nom, t.codes_postaux, t.anciens_codes
from millesime m
join territoire t on t.edition = m.edition
order by t.maille, t.code, m.annee desc
