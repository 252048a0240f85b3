-- Zones that list units, a row a unit. $1 réseau.
select z.code, z.version::text, z.partenaire, z.theme, z.nom, z.etat, u.maille::text, u.code as unite,
  case when u.exclue then 'oui' end as exclue, z.debut::text, z.fin::text,
  to_char(z.proposee_le at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as proposee_le,
  to_char(z.decidee_le at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as decidee_le,
  z.motif, z.reparation
from zone z
join zone_unite u on u.zone = z.id
where z.reseau = $1 and z.surface is null
order by z.code collate "C", z.version, u.maille, u.code collate "C"
