-- Demandes of communes and EPCI that the partner who leads them handled outside its zones: none of those in
-- force on the day of the demande, for one of its themes or for all, covers the commune, or any commune of
-- the EPCI. What syndicates and others ask has no place to compare.
with
  demandes as materialized (
    select d.id, d.reseau, d.date, d.themes, d.partenaires[1] as partenaire, d.maille,
      d.beneficiaire, d.actuel
    from demandes_de($1, $2, $3, $4, $5, $6, $7, $8, $9) d
    where d.maille in ('commune', 'epci')
  ),
  hors as materialized (
    select d.*
    from demandes d
    join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
    where not exists (
      select
      from zone z
      join zone_commune zc
        on zc.zone = z.id and zc.millesime = $7 and zc.couverte and zc.dans_perimetre
      where z.reseau = d.reseau and z.partenaire = d.partenaire and z.etat = 'validee'
        and d.date between greatest(z.debut, p.debut) and least(coalesce(z.fin, 'infinity'), p.fin)
        and (z.theme is null or z.theme = any (d.themes))
        and (
          (d.maille = 'commune' and zc.commune = d.actuel)
          or (d.maille = 'epci' and zc.commune in (
            select t.code from territoire t
            where t.edition = $6 and t.maille = 'commune' and t.epci = d.beneficiaire)))
    )
  )
select jsonb_build_object(
  'demandes', (select count(*) from demandes),
  'hors_zone', (select count(*) from hors),
  'par_partenaire', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'reseau', h.reseau, 'code', h.partenaire, 'nom', o.nom, 'hors_zone', h.nombre)
      order by h.nombre desc, h.reseau, h.partenaire), '[]')
    from (select reseau, partenaire, count(*) as nombre from hors group by reseau, partenaire) h
    join partenaire p on p.reseau = h.reseau and p.code = h.partenaire
    join organisme o on o.code = p.organisme),
  -- The latest of them.
  'liste', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'reseau', h.reseau, 'reference', s.reference, 'date', h.date, 'partenaire', h.partenaire,
        'themes', h.themes, 'maille', h.maille, 'beneficiaire', h.beneficiaire)
      order by h.date desc, h.reseau, h.id), '[]')
    from (select * from hors order by date desc, reseau, id limit 500) h
    left join demande_suivie s on s.id = h.id))
