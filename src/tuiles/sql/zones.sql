-- Zones d'intervention in force, one feature each: the surface that was drawn, or the union of the
-- communes that it lists, within the perimeter of its réseau.
create or replace function couche_zones(z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
as $$
declare
  p record := parametres_de_reseau(parametres);
  enveloppe geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  p_bande smallint := bande(greatest(z, 5));
  corps bytea;
begin
  with
    -- The tile's communes, by the index of the contours.
    communes as materialized (
      select c.code, c.contour
      from contour c
      where c.edition = p.edition and c.bande = p_bande and c.maille = 'commune'
        and c.contour && enveloppe
    ),
    zones as materialized (
      select v.*, r.demonstration, s.surface
      from zones_en_vigueur(p.reseau, p.theme, p.partenaire, p.annee) v
      join reseau r on r.code = v.reseau
      join zone s on s.reseau = v.reseau and s.code = v.zone
    ),
    -- Many zones are the whole département: what is the same in the tile is united once.
    listes as materialized (
      select zs.reseau, zs.zone, array_agg(zc.commune order by zc.commune) as communes
      from zones zs
      join zone_commune zc
        on zc.reseau = zs.reseau and zc.zone = zs.zone and zc.millesime = p.millesime
        and zc.couverte and zc.dans_perimetre
      where zs.surface is null and zc.commune in (select code from communes)
      group by zs.reseau, zs.zone
    ),
    unions as materialized (
      select l.communes, st_multi(st_unaryunion(st_collect(c.contour))) as surface
      from (select distinct communes from listes) l
      join communes c on c.code = any (l.communes)
      group by l.communes
    ),
    dessins as (
      select zs.zone as code, zs.reseau, zs.partenaire, zs.theme,
        coalesce(zs.nom, o.nom) as nom,
        p.millesime::integer as millesime,
        case when zs.demonstration then true end as demonstration,
        en_tuile(coalesce(zs.surface, u.surface), z, x, y) as forme
      from zones zs
      join partenaire pa on pa.reseau = zs.reseau and pa.code = zs.partenaire
      join organisme o on o.code = pa.organisme
      left join listes l on l.reseau = zs.reseau and l.zone = zs.zone
      left join unions u on u.communes = l.communes
      where u.surface is not null or zs.surface && enveloppe
      order by zs.reseau, zs.zone
    )
  select st_asmvt(dessins, 'zones', 4096, 'forme') into corps
  from dessins
  where not st_isempty(forme);
  return corps;
end
$$;

insert into couche (nom, fonction, titre, description, zoom_min, zoom_max, champs, parametres, publiee_jusqu_a)
values (
  'zones', 'couche_zones', 'Zones d''intervention',
  'Où travaillent les partenaires, au 31 décembre de l''année : une surface par zone.',
  5, 14,
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
  '{reseau,theme,partenaire,annee,millesime}', null)
on conflict (nom) do update set
  fonction = excluded.fonction, titre = excluded.titre, description = excluded.description,
  zoom_min = excluded.zoom_min, zoom_max = excluded.zoom_max, champs = excluded.champs,
  parametres = excluded.parametres, publiee_jusqu_a = excluded.publiee_jusqu_a;
