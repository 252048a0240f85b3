-- Where several partners of a réseau do the same thing: communes and themes that two zones in force or more
-- cover, and the pairs of partners that meet there.
with
  -- Who does what where, once whatever its zones.
  aides as materialized (
    select distinct z.reseau, zc.commune, pt.theme, z.partenaire
    from zones_en_vigueur($1, $2, $3, $5) z
    join zone_commune zc
      on zc.zone = z.zone and zc.millesime = $7 and zc.couverte and zc.dans_perimetre
    join partenaire_theme pt
      on pt.reseau = z.reseau and pt.partenaire = z.partenaire and (z.theme is null or z.theme = pt.theme)
    join theme t on t.reseau = pt.reseau and t.code = pt.theme
    where ($2::text is null or $2 in (t.code, t.parent))
      and ($8::maille is null or zc.commune in (select c.code from communes_de($6, $8, $9) c))
  ),
  communes as (
    select commune, count(*) as themes
    from (
      select reseau, commune, theme from aides group by reseau, commune, theme having count(*) > 1
    ) partagees
    group by commune
  ),
  paires as (
    select a.reseau, a.theme, a.partenaire as un, b.partenaire as autre, count(*) as communes
    from aides a
    join aides b
      on b.reseau = a.reseau and b.commune = a.commune and b.theme = a.theme
      and b.partenaire > a.partenaire
    group by a.reseau, a.theme, a.partenaire, b.partenaire
  )
select jsonb_build_object(
  'communes', (
    select coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'nom', t.nom, 'themes', c.themes)
      order by c.themes desc, t.code), '[]')
    from communes c
    join territoire t on t.edition = $6 and t.maille = 'commune' and t.code = c.commune),
  'paires', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'reseau', p.reseau, 'theme', p.theme, 'libelle', t.libelle,
        'partenaires', jsonb_build_array(p.un, p.autre), 'communes', p.communes)
      order by p.communes desc, p.reseau, p.theme, p.un, p.autre), '[]')
    from paires p
    join theme t on t.reseau = p.reseau and t.code = p.theme))
