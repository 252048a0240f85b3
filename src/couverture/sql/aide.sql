-- Who can help a place: the partners whose zones in force cover at least one of its communes, with what.
-- $1 réseaux that answer for it, $2 its communes in their perimeters, $3 millésime, $4 theme, $5 day (null:
-- the end of each réseau's own year), $6 a need in everyday words (null: any).
with
  concernes as materialized (select * from partenaires_concernes($1, $4, null, $5)),
  couvertes as materialized (
    select z.reseau, z.partenaire, z.theme, zc.commune, zc.origine
    from zones_en_vigueur($1, $4, null, $5) z
    join zone_commune zc
      on zc.zone = z.zone and zc.millesime = $3 and zc.commune = any ($2)
      and zc.couverte and zc.dans_perimetre
  ),
  presents as materialized (
    select reseau, partenaire, count(distinct commune) as communes,
      -- Said by the broadest of the zones that cover the place.
      case min(array_position(
        array['region', 'departement', 'epci', 'regroupement', 'commune', 'surface'], origine))
        when 1 then 'région entière' when 2 then 'département entier' when 3 then 'EPCI'
        when 4 then 'regroupement' when 5 then 'communes' else 'surface dessinée'
      end as zone
    from couvertes
    group by reseau, partenaire
  ),
  -- Any of the words will do; the more of them, the better the rank. Words that mean the same count less.
  besoin as materialized (
    select replace(plainto_tsquery('francais', $6)::text, '&', '|')::tsquery as mots, (
        select string_agg(s.requete::text, ' | ')::tsquery
        from synonyme s
        where to_tsvector('francais', $6) @@ s.requete
          and (s.reseau is null or s.reseau = any ($1))
      ) as voisins
    where $6::text is not null
  ),
  -- What each partner does here. The words of a first-level theme count a little for those under.
  themes as materialized (
    select distinct c.reseau, c.partenaire, t.code, t.libelle, t.rang,
      pertinence(t.recherche, b.mots, b.voisins)
        + 0.3 * coalesce(pertinence(parent.recherche, b.mots, b.voisins), 0) as score
    from (select distinct reseau, partenaire, theme from couvertes) c
    join partenaire_theme pt
      on pt.reseau = c.reseau and pt.partenaire = c.partenaire
      and (c.theme is null or pt.theme = c.theme)
    join theme t
      on t.reseau = pt.reseau and t.code = pt.theme
      and ($4::text is null or $4 in (t.code, t.parent))
      and (t.fin is null or t.fin >= coalesce($5, (
        select make_date(r.annee, 12, 31) from reseau r where r.code = t.reseau)))
    left join theme parent on parent.reseau = t.reseau and parent.code = t.parent
    left join besoin b on true
  ),
  -- The services that it describes, of those themes or of none.
  fiches as materialized (
    select fp.reseau, fp.partenaire, f.code, f.titre, f.rang,
      coalesce(fp.niveau, f.niveau) as niveau, coalesce(fp.cout, f.cout) as cout,
      coalesce(fp.conditions, f.conditions) as conditions,
      pertinence(f.recherche, b.mots, b.voisins) as score
    from presents pr
    join fiche_partenaire fp on fp.reseau = pr.reseau and fp.partenaire = pr.partenaire
    join fiche f on f.reseau = fp.reseau and f.code = fp.fiche
      and (f.fin is null or f.fin >= coalesce($5, (
        select make_date(r.annee, 12, 31) from reseau r where r.code = f.reseau)))
    left join besoin b on true
    where exists (
        select
        from fiche_theme ft
        join themes t
          on t.reseau = ft.reseau and t.partenaire = fp.partenaire and t.code = ft.theme
        where ft.reseau = f.reseau and ft.fiche = f.code)
      or ($4 is null and not exists (
        select from fiche_theme ft where ft.reseau = f.reseau and ft.fiche = f.code))
  ),
  -- A partner is as good as its best fiche or theme, and a little better when it says the words itself.
  classes as (
    select pr.*, pa.rang, o.nom, o.sigle, o.type, pa.site, pa.courriel, pa.telephone, pa.description,
      greatest(par_theme.score, par_fiche.score) + 0.5 * pertinence(pa.recherche, b.mots, b.voisins)
        as score,
      par_theme.score as score_themes, par_fiche.score as score_fiches
    from presents pr
    join partenaire pa on pa.reseau = pr.reseau and pa.code = pr.partenaire
    join organisme o on o.code = pa.organisme
    left join besoin b on true
    left join lateral (
      select max(t.score) as score
      from themes t
      where t.reseau = pr.reseau and t.partenaire = pr.partenaire
    ) par_theme on true
    left join lateral (
      select max(f.score) as score
      from fiches f
      where f.reseau = pr.reseau and f.partenaire = pr.partenaire
    ) par_fiche on true
  )
select
  (select count(*) from presents) as presents,
  -- Members who have not said that their zones are complete, and are not known to help here.
  (select coalesce(jsonb_agg(jsonb_build_object(
      'reseau', c.reseau, 'code', c.code, 'nom', o.nom) order by c.reseau, p.rang), '[]')
   from concernes c
   join partenaire p on p.reseau = c.reseau and p.code = c.code
   join organisme o on o.code = p.organisme
   where not c.zones_declarees
     and (c.reseau, c.code) not in (select reseau, partenaire from presents)) as non_declares,
  coalesce((
    select jsonb_agg(jsonb_build_object(
        'reseau', c.reseau, 'code', c.partenaire, 'nom', c.nom, 'sigle', c.sigle, 'type', c.type,
        'site', c.site, 'courriel', c.courriel, 'telephone', c.telephone,
        'description', c.description, 'zone', c.zone,
        'communes_couvertes', c.communes,
        'themes', coalesce((
          select jsonb_agg(jsonb_build_object('code', t.code, 'libelle', t.libelle)
            order by t.score desc nulls last, t.rang)
          from themes t
          where t.reseau = c.reseau and t.partenaire = c.partenaire
            -- Asked for a need, a partner is shown with what answers it.
            and ($6 is null or t.score > 0 or coalesce(c.score_themes, 0) = 0)), '[]'),
        'fiches', coalesce((
          select jsonb_agg(jsonb_build_object('code', f.code, 'titre', f.titre, 'niveau', f.niveau,
              'cout', f.cout, 'conditions', f.conditions)
            order by f.score desc nulls last, f.rang)
          from fiches f
          where f.reseau = c.reseau and f.partenaire = c.partenaire
            and ($6 is null or f.score > 0 or coalesce(c.score_fiches, 0) = 0)), '[]')
      ) order by c.score desc nulls last, c.reseau, c.rang)
    from classes c
    where $6 is null or c.score > 0), '[]') as partenaires
