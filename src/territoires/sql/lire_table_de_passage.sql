-- Communes of the millésime $1 that are others in the edition $2, of the millésime $3; $4 and $5 the place
-- (maille and code; null for the country).
select p.ancien, p.nom as ancien_nom, p.nouveau, t.nom as nouveau_nom, p.part
from passage p
left join territoire t on t.edition = $2 and t.maille = 'commune' and t.code = p.nouveau
where p.vers = $3 and $1 between p.depuis and p.jusqu
  and ($4::maille is null or case $4
    when 'commune' then t.code = $5 when 'epci' then t.epci = $5
    when 'departement' then t.departement = $5 else t.region = $5
  end)
order by p.ancien, p.nouveau
