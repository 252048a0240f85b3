-- What the principal chose in a réseau where it keeps something. $1 réseau.
select r.nom, $1 = any (mes_coordinations()) as coordonne,
  exists (
    select from rappel x where x.reseau = $1 and x.compte in (select a.compte from acces() a)) as voulu
from reseau r
where r.code = $1 and exists (select from mes_droits() m where m.reseau = $1 and m.role <> 'lecteur')
