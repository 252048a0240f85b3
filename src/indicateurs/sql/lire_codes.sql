-- Codes of every published millésime, by maille, the newest first.
select m.annee, t.maille, array_agg(t.code) as codes
from millesime m
join territoire t on t.edition = m.edition
group by m.annee, t.maille
order by m.annee desc, t.maille
