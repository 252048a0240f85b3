-- Units of the réseaux, with how many partners can help there and how many demandes they made.
create or replace function couche_couverture(z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
set plan_cache_mode = force_custom_plan
as $$
declare
  p record := parametres_de_reseau(parametres);
  -- Communes are not drawn under zoom 5.
  p_maille maille := case when z < 5 and coalesce(p.maille, 'commune') = 'commune' then 'epci'
    else coalesce(p.maille, 'commune') end;
  enveloppe geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  codes text[];
  corps bytea;
begin
  -- Which units the tile shows, by the index of the contours; what is said of them is then asked
  -- about those alone.
  select array_agg(distinct c.code) into codes
  from contour c
  join unites_des_reseaux(p.reseaux, p.edition, p.millesime, p_maille, null) u on u.code = c.code
  where c.edition = p.edition and c.bande = bande(z) and c.maille = p_maille
    and coalesce(c.contour, c.point) && enveloppe;
  if codes is null then
    return '';
  end if;

  with
    comptees as materialized (
      select *
      from couverture_des_unites(
        p.reseaux, p.theme, p.partenaire, p.du, p.au, p.edition, p.millesime, p_maille, codes)
    ),
    dessins as (
      select u.code,
        case when z >= 8 then c.nom end as nom,
        p_maille::text as maille,
        p.millesime::integer as millesime,
        u.partenaires,
        u.demandes,
        u.etat,
        nullif(u.demonstration, false) as demonstration,
        en_tuile(c.contour, z, x, y) as forme
      from comptees u
      join contour c
        on c.edition = p.edition and c.bande = bande(z) and c.maille = p_maille and c.code = u.code
      order by u.code
    )
  select st_asmvt(dessins, 'couverture', 4096, 'forme') into corps
  from dessins
  where not st_isempty(forme);
  return corps;
end
$$;

select declarer_couche(
  'couverture', 'Couverture',
  'Partenaires qui peuvent aider chaque territoire, et demandes qu''il a faites. Des communes à partir du zoom 5, des EPCI au-dessous.', 3,
  '{
    "couverture": {
      "code": "Code officiel",
      "nom": "Nom, à partir du zoom 8",
      "maille": "Maille",
      "millesime": "Millésime du code officiel géographique",
      "partenaires": "Partenaires dont une zone est en vigueur au 31 décembre de l''année",
      "demandes": "Demandes de l''année ; absent quand le réseau ne publie pas ce nombre",
      "etat": "aide : un partenaire au moins peut aider ; personne : aucun, et tous ont déclaré leurs zones ; non_renseigne : on ne sait pas encore",
      "demonstration": "Vrai si ce sont des données de démonstration"
    }
  }',
  '{reseau,maille,theme,partenaire,annee,du,au,millesime}');
