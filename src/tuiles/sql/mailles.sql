-- Contours and label points of each maille, from one model. The maille is a constant in each function,
-- for the planner to see that the maille's own index serves it.
--
-- Under zoom 8 contours carry their code alone, for weight; the rows are in the order of the codes,
-- which compresses best. All labels are there from the zoom `points`; two zooms before, those of the
-- 300 most populated units, then of four times as many.
do $installation$
declare
  m record;
begin
  for m in
    select *
    from (values
      ('communes', 'commune', 'Communes', 5, 9,
        'Contours des communes et points d''étiquette, à partir du zoom 5.'),
      ('epci', 'epci', 'EPCI', 3, 7,
        'Contours des groupements de communes à fiscalité propre, à partir du zoom 3.'),
      ('departements', 'departement', 'Départements', 0, 4, 'Contours des départements.'),
      ('regions', 'region', 'Régions', 0, 2, 'Contours des régions.')
    ) as modele (couche, maille, titre, zoom_min, points, description)
  loop
    -- One scan gives both: a label is in a tile only if its unit is. A set-returning function of one
    -- `select`, so that the planner puts it in the query that calls it: there, edition and band are
    -- constants, and one leaf is read.
    execute format($modele$
      create or replace function tuile_d_edition_%1$s(
        p_edition integer, annee integer, p_bande smallint, z integer, x integer, y integer)
      returns table (tuile bytea)
      language sql stable parallel safe
      as $$
        select
          coalesce(
            st_asmvt(t.surface, %1$L, 4096, 'forme')
              filter (where not st_isempty((t.surface).forme)),
            '')
          || coalesce(
            st_asmvt(t.etiquette, '%1$s_points', 4096, 'forme')
              filter (where (t.etiquette).rang is not null),
            '')
        from (
          select
            row(
              c.code,
              case when z >= 8 then c.nom end,
              case when z >= 8 then %2$L end,
              case when z >= 8 then annee end,
              en_tuile(c.contour, r.marge, r.dx, r.dy, r.k)
            )::objet_contour as surface,
            case
              when z >= %3$s - 2 and c.point && r.cadre
                and (z >= %3$s or c.rang < case %3$s - z when 2 then 300 else 1200 end)
              then row(
                c.code, c.nom, %2$L, annee, c.rang, en_tuile(c.point, r.marge, r.dx, r.dy, r.k)
              )::objet_point
            end as etiquette
          from repere_de_tuile(z, x, y) r
          join contour c
            on c.edition = p_edition and c.bande = p_bande and c.maille = %2$L
            and coalesce(c.contour, c.point) && r.marge
          order by c.code
          offset 0 -- keeps the planner from drawing each shape twice
        ) as t
      $$
    $modele$, m.couche, m.maille, m.points);

    -- The same, for who does not know the edition.
    execute format($modele$
      create or replace function couche_%1$s(z integer, x integer, y integer, parametres jsonb)
      returns bytea
      language plpgsql stable parallel safe
      as $$
      declare
        montree edition := edition_montree(parametres);
      begin
        return (
          select t.tuile
          from tuile_d_edition_%1$s(montree.id, montree.millesime, bande(z), z, x, y) as t);
      end
      $$
    $modele$, m.couche);

    perform declarer_couche(
      m.couche, m.titre, m.description, m.zoom_min,
      (
        select jsonb_build_object(
          m.couche, contour,
          m.couche || '_points', contour || '{"rang": "Rang par population décroissante, à partir de 0"}')
        from (
          select '{
            "code": "Code officiel",
            "nom": "Nom, à partir du zoom 8 pour les contours",
            "maille": "Maille",
            "millesime": "Millésime du code officiel géographique"
          }'::jsonb as contour
        ) as champs
      ),
      '{millesime}', publiee_jusqu_a => 8,
      fonction_d_edition => 'tuile_d_edition_' || m.couche);
  end loop;
end
$installation$;
