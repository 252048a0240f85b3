-- Fiches of a réseau that are offered today, best first when a need is given, else in their order. $1 réseau, $2 theme (one of the
-- first level stands for those under it), $3 partner, $4 level, $5 a need in everyday words; null for any.
with
  besoin as (
    select replace(plainto_tsquery('francais', $5)::text, '&', '|')::tsquery as mots, (
        select string_agg(s.requete::text, ' | ')::tsquery
        from synonyme s
        where to_tsvector('francais', $5) @@ s.requete and (s.reseau is null or s.reseau = $1)
      ) as voisins
    where $5::text is not null
  )
select f.code, f.titre, f.description, f.genre, f.niveau, f.cout, f.conditions, f.phases, f.expertises,
  f.publics,
  coalesce((
    select array_agg(ft.theme order by t.rang)
    from fiche_theme ft join theme t on t.reseau = ft.reseau and t.code = ft.theme
    where ft.reseau = f.reseau and ft.fiche = f.code), '{}') as themes,
  coalesce((
    select jsonb_agg(jsonb_build_object('code', p.code, 'nom', o.nom, 'sigle', o.sigle,
        'niveau', coalesce(fp.niveau, f.niveau), 'cout', coalesce(fp.cout, f.cout),
        'conditions', coalesce(fp.conditions, f.conditions)) order by p.rang)
    from fiche_partenaire fp
    join partenaire p on p.reseau = fp.reseau and p.code = fp.partenaire
    join organisme o on o.code = p.organisme
    where fp.reseau = f.reseau and fp.fiche = f.code), '[]') as partenaires
from fiche f
left join besoin b on true
where f.reseau = $1
  and (f.fin is null or f.fin >= current_date)
  and ($2::text is null or exists (
    select from fiche_theme ft
    join theme t on t.reseau = ft.reseau and t.code = ft.theme
    where ft.reseau = f.reseau and ft.fiche = f.code and $2 in (t.code, t.parent)))
  and ($3::text is null or exists (
    select from fiche_partenaire fp
    where fp.reseau = f.reseau and fp.fiche = f.code and fp.partenaire = $3))
  and ($4::text is null or f.niveau = $4)
  and (b.mots is null or pertinence(f.recherche, b.mots, b.voisins) > 0)
order by pertinence(f.recherche, b.mots, b.voisins) desc nulls last, f.rang
