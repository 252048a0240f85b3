-- What pages keep of a réseau and a folder does not write over, and whether the folder says the same of it, where it
-- does. $1 réseau; as JSON, $2 its partners, $3 their themes, $4 their declarations, $5 its themes, $6 its fiches,
-- $7 the partners of these, $8 what it says of the réseau itself.
with
  partenaires as (
    select 'partenaire' as objet, p.code,
      (select jsonb_strip_nulls(x.ligne) - 'rang'
       from jsonb_array_elements($2) as x (ligne) where x.ligne ->> 'code' = p.code) as lu,
      jsonb_strip_nulls(jsonb_build_object(
        'code', p.code, 'nom', o.nom, 'sigle', o.sigle, 'type', o.type, 'siren', o.siren, 'site', p.site,
        'courriel', p.courriel, 'telephone', p.telephone, 'description', p.description, 'role', p.role,
        'debut', p.debut, 'fin', p.fin, 'cadre', p.cadre)) as garde,
      array(
        select x.theme from jsonb_to_recordset($3) as x (partenaire text, theme text)
        where x.partenaire = p.code order by 1)
      || array(
        select concat_ws(' ', x.date, x.theme)
        from jsonb_to_recordset($4) as x (partenaire text, theme text, date date)
        where x.partenaire = p.code order by 1) as liens_lus,
      array(
        select pt.theme from partenaire_theme pt
        where pt.reseau = p.reseau and pt.partenaire = p.code order by 1)
      || array(
        select concat_ws(' ', d.date, d.theme) from declaration d
        where d.reseau = p.reseau and d.partenaire = p.code order by 1) as liens_gardes
    from partenaire p join organisme o on o.code = p.organisme
    where p.reseau = $1 and p.origine = 'page'
  ),
  themes as (
    select 'thème', t.code,
      (select jsonb_strip_nulls(x.ligne) - 'rang'
       from jsonb_array_elements($5) as x (ligne) where x.ligne ->> 'code' = t.code),
      jsonb_strip_nulls(jsonb_build_object(
        'code', t.code, 'libelle', t.libelle, 'parent', t.parent, 'mots_cles', t.mots_cles, 'fin', t.fin)),
      '{}'::text[], '{}'::text[]
    from theme t
    where t.reseau = $1 and t.origine = 'page'
  ),
  fiches as (
    select 'fiche', f.code,
      (select jsonb_strip_nulls(x.ligne) - 'rang' - 'themes'
       from jsonb_array_elements($6) as x (ligne) where x.ligne ->> 'code' = f.code),
      jsonb_strip_nulls(to_jsonb(f)) - '{reseau,rang,recherche,origine}'::text[],
      array(
        select theme from jsonb_to_recordset($6) as x (code text, themes text[]) cross join unnest(x.themes) theme
        where x.code = f.code order by 1)
      || array(
        select concat_ws(' ', x.partenaire, x.niveau, x.cout, x.conditions)
        from jsonb_to_recordset($7) as x (
          fiche text, partenaire text, niveau text, cout text, conditions text)
        where x.fiche = f.code order by 1),
      array(
        select ft.theme from fiche_theme ft
        where ft.reseau = f.reseau and ft.fiche = f.code order by 1)
      || array(
        select concat_ws(' ', fp.partenaire, fp.niveau, fp.cout, fp.conditions) from fiche_partenaire fp
        where fp.reseau = f.reseau and fp.fiche = f.code order by 1)
    from fiche f
    where f.reseau = $1 and f.origine = 'page'
  ),
  -- What pages set of the réseau itself; the rest is its folder's.
  reglages as (
    select 'réseau', r.code,
      (select jsonb_object_agg(x.key, x.value)
       from jsonb_each(jsonb_strip_nulls($8)) as x where to_jsonb(r) ? x.key and x.key = any (s.cles)),
      (select jsonb_object_agg(x.key, x.value)
       from jsonb_each(jsonb_strip_nulls(to_jsonb(r))) as x where x.key = any (s.cles)),
      '{}'::text[], '{}'::text[]
    from reseau r
    cross join (select '{nom,nom_court,couleur,presentation,destinataires,guichet_nom,guichet_site,guichet_courriel,guichet_telephone,public,'
      'partenaires_se_voient,conservation_mois,journal_mois,cadres,origines}'::text[] as cles) s
    where r.code = $1 and r.origine = 'page'
  )
select objet, code, lu is null or (lu = garde and liens_lus = liens_gardes) as identique
from (
  select * from partenaires
  union all select * from themes
  union all select * from fiches
  union all select * from reglages
) as tous
order by objet, code
