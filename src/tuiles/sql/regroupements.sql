-- Regroupements of the réseaux, as the union of their communes: nothing else draws them. They may overlap, so each is a
-- feature of its own. A tile unites the few communes that it shows, in its own units: shared borders round alike there.
create or replace function couche_regroupements(z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
set plan_cache_mode = force_custom_plan
as $$
declare
  p record := parametres_de_reseau(parametres);
  enveloppe geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  corps bytea;
begin
  with
    morceaux as (
      select g.unite, en_tuile(c.contour, z, x, y) as forme
      from regroupement_actuel g
      join contour c
        on c.edition = p.edition and c.bande = bande(z) and c.maille = 'commune' and c.code = g.commune
      where g.reseau = any (p.reseaux) and g.millesime = p.millesime and c.contour && enveloppe
    ),
    dessins as (
      select m.unite as code, g.nom, g.reseau, g.genre, 'regroupement' as maille,
        p.millesime::integer as millesime,
        nullif(r.demonstration, false) as demonstration,
        st_forcepolygonccw(st_unaryunion(st_collect(st_buffer(m.forme, 0)))) as forme
      from morceaux m
      join regroupement g on g.reseau || '/' || g.code = m.unite
      join reseau r on r.code = g.reseau
      where not st_isempty(m.forme)
      group by m.unite, g.nom, g.reseau, g.genre, r.demonstration
      order by m.unite
    )
  select st_asmvt(dessins, 'regroupements', 4096, 'forme') into corps
  from dessins
  where not st_isempty(forme);
  return corps;
end
$$;

select declarer_couche(
  'regroupements', 'Regroupements',
  'Les ensembles de communes que les réseaux nomment : cantons, secteurs, PETR. Ils peuvent se recouvrir.', 5,
  '{
    "regroupements": {
      "code": "Réseau et code du regroupement",
      "nom": "Nom",
      "reseau": "Réseau",
      "genre": "Genre",
      "maille": "Maille",
      "millesime": "Millésime du code officiel géographique",
      "demonstration": "Vrai si ce sont des données de démonstration"
    }
  }',
  '{reseau,millesime}');
