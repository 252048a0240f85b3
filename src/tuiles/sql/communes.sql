create or replace function couche_communes(z integer, x integer, y integer, parametres jsonb)
returns bytea
language sql stable parallel safe
as $$ select tuile_de_maille('commune', 'communes', 9, z, x, y, parametres) $$;

insert into couche (nom, fonction, titre, description, zoom_min, zoom_max, champs, parametres, publiee_jusqu_a)
values (
  'communes', 'couche_communes', 'Communes', 'Contours des communes et points d''étiquette, à partir du zoom 5.', 5, 14,
  '{
    "communes": {
      "code": "Code officiel",
      "nom": "Nom",
      "maille": "Maille",
      "millesime": "Millésime du code officiel géographique"
    },
    "communes_points": {
      "code": "Code officiel",
      "nom": "Nom",
      "maille": "Maille",
      "millesime": "Millésime du code officiel géographique",
      "rang": "Rang par population décroissante, à partir de 0"
    }
  }',
  '{millesime}', 8)
on conflict (nom) do update set
  fonction = excluded.fonction, titre = excluded.titre, description = excluded.description,
  zoom_min = excluded.zoom_min, zoom_max = excluded.zoom_max, champs = excluded.champs,
  parametres = excluded.parametres, publiee_jusqu_a = excluded.publiee_jusqu_a;
