-- The movements of the source that goes furthest, in order. Another source would tell them twice.
select m.date, m.avant, m.apres, m.nom_avant, m.nom_apres
from mouvement m
where m.source = (select code from source_mouvements order by jusqu_au desc, code limit 1)
order by m.date, m.avant, m.apres
