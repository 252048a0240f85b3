-- Communes of the millésime $1 that are others in the edition $2, of the millésime $3; $4 and $5 the place
-- (maille and code; null for the country).
select p.ancien, p.nom as ancien_nom, p.nouveau, t.nom as nouveau_nom, p.part
from passage p
left join territoire t on t.edition = $2 and t.maille = 'commune' and t.code = p.nouveau
where p.vers = $3 and $1 between p.depuis and p.jusqu
  and ($4::maille is null or t.code in (select c.code from communes_de($2, $4, $5) c))
order by p.ancien, p.nouveau
