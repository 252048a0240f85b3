-- Zones of a réseau that cover none of its communes. $1 réseau.
select z.code
from zone z
where z.reseau = $1 and z.etat in ('proposee', 'validee') and not exists (
  select from zone_commune zc
  where zc.zone = z.id and zc.couverte and zc.dans_perimetre)
order by z.code
