-- Names of départements and régions in the millésime nearest to $1 that gives them, and the région of a
-- département if it is of the same side of 1 January 2016, when régions changed.
select distinct on (t.maille, t.code) t.maille, t.code, t.nom,
  case when (m.annee < 2016) = ($1 < 2016) then t.region end as region
from millesime m
join territoire t on t.edition = m.edition and t.maille in ('departement', 'region')
-- The code stands for a name that no file gave.
where t.nom <> t.code
order by t.maille, t.code, abs(m.annee - $1)
