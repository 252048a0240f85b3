-- One version of a zone, with what it covers in the newest millésime that has contours. $1 réseau, $2 code,
-- $3 version (null: the one in force, else the newest), $4 today.
-- What could not be carried over is that of the réseau's own millésime and of the later ones.
with
  choisie as (
    select z.*
    from zone z
    where z.reseau = $1 and z.code = $2 and ($3::smallint is null or z.version = $3)
    order by
      z.etat = 'validee' and $4 between z.debut and coalesce(z.fin, 'infinity') desc,
      z.version desc
    limit 1
  )
select z.reseau, z.code, z.version, z.partenaire, o.nom as partenaire_nom, z.theme,
  t.libelle as theme_libelle, z.nom,
  etat_montre(z.etat, z.fin, $4) as etat,
  z.debut, z.fin, z.origine, z.revision, z.proposee_le, z.decidee_le, z.motif, z.reparation,
  r.demonstration, r.mention, r.seuil_couverture, d.millesime,
  (select coalesce(jsonb_agg(jsonb_build_object('maille', u.maille, 'code', u.code, 'exclue', u.exclue)
    order by u.maille, u.code), '[]')
   from zone_unite u where u.zone = z.id) as unites,
  (select coalesce(jsonb_agg(jsonb_build_object('code', zc.commune, 'nom', c.nom,
      'part', round(zc.part::numeric, 4), 'couverte', zc.couverte, 'dans_perimetre', zc.dans_perimetre,
      'origine', zc.origine) order by zc.commune), '[]')
   from zone_commune zc
   left join territoire c
     on c.edition = d.edition and c.maille = 'commune' and c.code = zc.commune
   where zc.zone = z.id and zc.millesime = d.millesime) as communes,
  (select coalesce(jsonb_agg(jsonb_build_object('millesime', n.millesime, 'maille', n.maille, 'code', n.code)
    order by n.millesime desc, n.maille, n.code), '[]')
   from zone_non_reportee n where n.zone = z.id and n.millesime >= r.millesime) as non_reportees,
  (select jsonb_agg(jsonb_build_object('version', v.version,
      'etat', etat_montre(v.etat, v.fin, $4),
      'debut', v.debut, 'fin', v.fin, 'motif', v.motif) order by v.version desc)
   from zone v where v.reseau = z.reseau and v.code = z.code) as versions
from choisie z
cross join edition_dessinee() d
join reseau r on r.code = z.reseau
join partenaire p on p.reseau = z.reseau and p.code = z.partenaire
join organisme o on o.code = p.organisme
left join theme t on t.reseau = z.reseau and t.code = z.theme
