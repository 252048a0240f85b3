-- What zones list and that a millésime does not have, neither under its code nor under another.
-- $1 réseau, or null for all; $2 zone, or null for all.
insert into zone_non_reportee (reseau, zone, millesime, maille, code)
select z.reseau, z.id, m.annee, u.maille, u.code
from zone z
join reseau r on r.code = z.reseau
join zone_unite u on u.zone = z.id
cross join millesime m
left join succession s
  on s.reseau = z.reseau and s.millesime = m.annee and s.maille = u.maille and s.ancien = u.code
  and s.de = r.millesime
where z.etat in ('proposee', 'validee')
  and ($1::text is null or z.reseau = $1) and ($2::integer is null or z.id = $2)
  and not exists (
    select from territoire t
    where t.edition = m.edition and t.maille = u.maille and t.code = coalesce(s.code, u.code))
  and not (u.maille = 'regroupement' and exists (
    select from regroupement g where g.reseau = z.reseau and g.code = u.code))
