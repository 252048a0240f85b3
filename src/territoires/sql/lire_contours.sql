-- Names and surfaces of units, as files hold them. $1 millésime, $2 maille, $3 codes, $4 SRID of the surfaces.
select u.code, t.nom, st_asbinary(st_transform(c.contour, $4)) as forme
from (select distinct code from unnest($3::text[]) as u (code)) u
join millesime m on m.annee = $1
left join territoire t on t.edition = m.edition and t.maille = $2::maille and t.code = u.code
left join contour c
  on c.edition = m.edition and c.bande = bande(14) and c.maille = $2::maille and c.code = u.code
order by u.code
