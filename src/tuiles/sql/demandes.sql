-- One point a unit of the réseaux that made demandes, where its label is: communes and EPCI, or the
-- maille asked for.
create or replace function couche_demandes(z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
set plan_cache_mode = force_custom_plan
as $$
declare
  p record := parametres_de_reseau(parametres);
  maille_1 maille := coalesce(p.maille, 'commune');
  maille_2 maille := case when p.maille is null then 'epci'::maille end;
  codes_1 text[];
  codes_2 text[];
  demonstration_1 text[];
  demonstration_2 text[];
  enveloppe geometry := st_tileenvelope(z, x, y);
  corps bytea;
begin
  -- Which units have their point in the tile; what is said of them is then asked about those alone.
  select array_agg(distinct t.code), array_agg(distinct t.code) filter (where r.demonstration)
  into codes_1, demonstration_1
  from territoire t
  join unites_des_reseaux(p.reseaux, p.edition, p.millesime, maille_1, null) u on u.code = t.code
  join reseau r on r.code = u.reseau
  where t.edition = p.edition and t.maille = maille_1 and t.point && enveloppe;
  if maille_2 is not null then
    select array_agg(distinct t.code), array_agg(distinct t.code) filter (where r.demonstration)
    into codes_2, demonstration_2
    from territoire t
    join unites_des_reseaux(p.reseaux, p.edition, p.millesime, maille_2, null) u on u.code = t.code
    join reseau r on r.code = u.reseau
    where t.edition = p.edition and t.maille = maille_2 and t.point && enveloppe;
  end if;

  with
    comptees as materialized (
      select maille_1 as maille, d.code, d.demandes, false as masquee, d.code = any (demonstration_1) as demonstration
      from demandes_des_unites(
        p.reseaux, p.theme, p.partenaire, p.du, p.au, p.edition, p.millesime, maille_1, codes_1) d
      where codes_1 is not null
      union all
      select maille_2, d.code, d.demandes, false, d.code = any (demonstration_2)
      from demandes_des_unites(
        p.reseaux, p.theme, p.partenaire, p.du, p.au, p.edition, p.millesime, maille_2, codes_2) d
      where codes_2 is not null
      union all
      -- Those whose count is masked are there all the same: they did ask, or nothing is said of any.
      select maille_1, d.code, d.demandes, d.masquee, d.code = any (demonstration_1)
      from demandes_publiees(
        p.reseaux, p.theme, p.partenaire, p.du, p.au, p.edition, p.millesime, maille_1, codes_1) d
      where codes_1 is not null and (d.masquee or d.demandes > 0)
      union all
      select maille_2, d.code, d.demandes, d.masquee, d.code = any (demonstration_2)
      from demandes_publiees(
        p.reseaux, p.theme, p.partenaire, p.du, p.au, p.edition, p.millesime, maille_2, codes_2) d
      where codes_2 is not null and (d.masquee or d.demandes > 0)
    ),
    points as (
      select c.code, c.maille::text as maille, t.nom, p.millesime::integer as millesime, c.demandes,
        nullif(c.masquee, false) as masquee,
        nullif(c.demonstration, false) as demonstration,
        en_tuile(t.point, z, x, y) as forme
      from comptees c
      join territoire t on t.edition = p.edition and t.maille = c.maille and t.code = c.code
      -- Half-open on two sides: a point on an edge belongs to one tile.
      where st_x(t.point) < st_xmax(enveloppe) and st_y(t.point) > st_ymin(enveloppe)
      order by c.demandes desc nulls last, c.code
    )
  select st_asmvt(points, 'demandes', 4096, 'forme') into corps from points;
  return corps;
end
$$;

select declarer_couche(
  'demandes', 'Demandes',
  'Un point par territoire qui a fait des demandes dans l''année : communes et EPCI, ou la maille demandée.', 0,
  '{
    "demandes": {
      "code": "Code officiel",
      "maille": "Maille",
      "nom": "Nom",
      "millesime": "Millésime du code officiel géographique",
      "demandes": "Demandes de l''année ; absent quand le nombre est masqué",
      "masquee": "Vrai quand le réseau ne publie pas ce nombre",
      "demonstration": "Vrai si ce sont des données de démonstration"
    }
  }',
  '{reseau,maille,theme,partenaire,annee,du,au,millesime}');
