-- Communes of every published millésime, with what is said of their past.
select m.annee, t.code, t.nom, t.population, t.anciens_codes
from millesime m
join territoire t on t.edition = m.edition and t.maille = 'commune'
order by m.annee, t.code
