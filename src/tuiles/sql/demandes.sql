-- One point a unit that made demandes, where its label is.
create or replace function couche_demandes(z integer, x integer, y integer, parametres jsonb)
returns bytea
language plpgsql stable parallel safe
as $$
declare
  p record := parametres_de_reseau(parametres);
  enveloppe geometry := st_tileenvelope(z, x, y);
  corps bytea;
begin
  with
    -- Half-open on two sides, so that a point on an edge belongs to one tile.
    unites as materialized (
      select t.maille, t.code, t.nom, t.point
      from territoire t
      where t.edition = p.edition
        and (t.maille = p.maille or (p.maille is null and t.maille in ('commune', 'epci')))
        and t.point && enveloppe
        and st_x(t.point) < st_xmax(enveloppe) and st_y(t.point) > st_ymin(enveloppe)
    ),
    mailles as (select maille, array_agg(code) as codes from unites group by maille),
    comptes as (
      select m.maille, d.code, d.demandes
      from mailles m
      cross join lateral demandes_des_unites(
        p.reseau, p.theme, p.partenaire, p.annee, p.edition, p.millesime, m.maille, m.codes) d
    ),
    -- A unit is demonstration when a réseau that says so has it in its perimeter.
    points as (
      select u.code,
        u.maille::text as maille,
        u.nom,
        p.millesime::integer as millesime,
        c.demandes,
        (select true
         from unites_des_reseaux(p.reseau, p.edition, p.millesime, u.maille, array[u.code]) r
         join reseau on reseau.code = r.reseau
         where reseau.demonstration limit 1) as demonstration,
        en_tuile(u.point, z, x, y) as forme
      from comptes c
      join unites u on u.maille = c.maille and u.code = c.code
      order by c.demandes desc, u.code
    )
  select st_asmvt(points, 'demandes', 4096, 'forme') into corps from points;
  return corps;
end
$$;

insert into couche (nom, fonction, titre, description, zoom_min, zoom_max, champs, parametres, publiee_jusqu_a)
values (
  'demandes', 'couche_demandes', 'Demandes',
  'Un point par territoire qui a fait des demandes dans l''année : communes et EPCI, ou la maille demandée.',
  0, 14,
  '{
    "demandes": {
      "code": "Code officiel",
      "maille": "Maille",
      "nom": "Nom",
      "millesime": "Millésime du code officiel géographique",
      "demandes": "Demandes de l''année",
      "demonstration": "Vrai si ce sont des données de démonstration"
    }
  }',
  '{reseau,maille,theme,partenaire,annee,millesime}', null)
on conflict (nom) do update set
  fonction = excluded.fonction, titre = excluded.titre, description = excluded.description,
  zoom_min = excluded.zoom_min, zoom_max = excluded.zoom_max, champs = excluded.champs,
  parametres = excluded.parametres, publiee_jusqu_a = excluded.publiee_jusqu_a;
