-- What a published millésime ($1) has: its départements that are not among $2, and whether it has contours.
select
  coalesce((
    select array_agg(t.code order by t.code)
    from millesime m join territoire t on t.edition = m.edition and t.maille = 'departement'
    where m.annee = $1 and t.code <> all ($2)), '{}') as perdus,
  exists (
    select from millesime m join edition e on e.id = m.edition
    where m.annee = $1 and e.millesime_contours is not null) as dessinee
