-- $1 edition, or null for the newest that has contours: where its rows come from, and what each source
-- gives; a source of a layer for part of the départements names them.
with
  choisie as materialized (
    select e.id, e.millesime,
      (select array_agg(t.code order by t.code)
       from territoire t where t.edition = e.id and t.maille = 'departement') as departements
    from edition e
    where e.id = coalesce($1, edition_des_contours('{}'))
  )
select s.nom, s.licence, s.date_source as date, a.apport, a.millesime,
  a.millesime <> c.millesime as ancien,
  case when not a.departements @> c.departements then a.departements end as departements
from choisie c
join source_edition s on s.edition = c.id
left join apport_edition a using (edition, rang)
order by s.rang, a.apport
