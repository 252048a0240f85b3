-- Zones d'intervention in force, one feature each: the surface that was drawn, or the union of the
-- communes that it covers. Zones are few and found by their key; policies come before geometry.
create or replace function couche_zones(z integer, x integer, y integer, parametres jsonb)
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
    dessins as (
      select v.code, v.reseau, v.partenaire, v.theme,
        coalesce(v.nom, o.nom) as nom,
        p.millesime::integer as millesime,
        nullif(r.demonstration, false) as demonstration,
        en_tuile(c.contour, z, x, y) as forme
      from zones_en_vigueur(p.reseaux, p.theme, p.partenaire, p.au) v
      join zone_contour c
        on c.zone = v.zone and c.millesime = p.millesime and c.bande = bande(z)
      join reseau r on r.code = v.reseau
      join partenaire pa on pa.reseau = v.reseau and pa.code = v.partenaire
      join organisme o on o.code = pa.organisme
      where c.contour && enveloppe
      order by v.reseau, v.code
    )
  select st_asmvt(dessins, 'zones', 4096, 'forme') into corps
  from dessins
  where not st_isempty(forme);
  return corps;
end
$$;

select declarer_couche(
  'zones', 'Zones d''intervention',
  'Où travaillent les partenaires, au 31 décembre de l''année : une surface par zone.', 5,
  '{
    "zones": {
      "code": "Code de la zone",
      "reseau": "Réseau",
      "partenaire": "Partenaire",
      "theme": "Thème ; absent si la zone vaut pour tous ceux du partenaire",
      "nom": "Nom de la zone ou du partenaire",
      "millesime": "Millésime du code officiel géographique",
      "demonstration": "Vrai si ce sont des données de démonstration"
    }
  }',
  '{reseau,theme,partenaire,annee,du,au,millesime}');
