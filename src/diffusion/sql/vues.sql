-- The collections: what others read of maillage, in views whose columns are a contract. Applied at each start; a
-- column may be added at the end, and nothing taken away: that would be `diffusion_2`.
--
-- A view is a collection by being here. The first line of its comment is its title, the others describe it; the
-- comment of a column is its French heading, then, after a colon, what it means. `id` identifies a row, and
-- `geometrie` (EPSG:3857) is where it is. Each view runs with the rights of whoever asks (security_invoker).

create schema if not exists diffusion_1;
comment on schema diffusion_1 is 'Ce que maillage publie, version 1 : les colonnes de ces vues ne changent plus de nom ni de sens.';

-- Units of every published millésime that has contours, in the most detailed there are: a unit without contour has its
-- row there too, so that an index finds both those of a box and those that are nowhere.
create or replace view diffusion_1.unites with (security_invoker = true) as
select t.code as id, t.code, t.nom, m.annee as millesime, t.maille::text as maille, t.nature, t.siren, t.epci,
  t.departement, t.region, t.population, array_to_string(t.codes_postaux, ', ') as codes_postaux,
  c.contour as geometrie, t.maille as sorte, t.edition
from millesime m
join territoire t on t.edition = m.edition
join contour c
  on c.edition = t.edition and c.bande = bande(14) and c.maille = t.maille and c.code = t.code;

-- The département of an EPCI, since some span several: the one where it has most communes (then most inhabitants); its
-- région is that one's. `departements` are all those where it has one.
create or replace function diffusion_1.rattachement(p_edition integer, p_epci text)
returns table (departement text, region text, departements text)
language sql stable parallel safe
as $$
  select d.departements[1], d.regions[1], d.tous
  from (
    select array_agg(m.departement order by m.communes desc, m.population desc, m.departement) as departements,
      array_agg(m.region order by m.communes desc, m.population desc, m.departement) as regions,
      string_agg(m.departement, ', ' order by m.departement) as tous
    from (
      select c.departement, min(c.region) as region, count(*) as communes, coalesce(sum(c.population), 0) as population
      from territoire c
      where c.edition = p_edition and c.maille = 'commune' and c.epci = p_epci
      group by c.departement
    ) m
  ) d
$$;

-- EPCI of the same, with their départements. Apart, so that whoever asks for other units does not look for these.
create or replace view diffusion_1.unites_epci with (security_invoker = true) as
select u.id, u.code, u.nom, u.millesime, u.nature, r.departement, r.region, u.population, u.geometrie, u.edition,
  r.departements
from diffusion_1.unites u
cross join lateral diffusion_1.rattachement(u.edition, u.code) r
where u.sorte = 'epci';

create or replace view diffusion_1.communes with (security_invoker = true) as
select u.id, u.code, u.nom, u.millesime, u.epci, u.departement, u.region, u.population, u.codes_postaux, u.geometrie
from diffusion_1.unites u
where u.sorte = 'commune' and u.edition = (select d.edition from edition_dessinee() d);
comment on view diffusion_1.communes is
'Communes
Les communes du code officiel géographique : le millésime le plus récent qui ait des contours, ou celui de la date demandée.';

create or replace view diffusion_1.epci with (security_invoker = true) as
select u.id, u.code, u.nom, u.millesime, u.nature, u.departement, u.region, u.population, u.geometrie, u.departements
from diffusion_1.unites_epci u
where u.edition = (select d.edition from edition_dessinee() d);
comment on view diffusion_1.epci is
'EPCI
Les établissements publics de coopération intercommunale à fiscalité propre.';

create or replace view diffusion_1.departements with (security_invoker = true) as
select u.id, u.code, u.nom, u.millesime, u.region, u.population, u.geometrie
from diffusion_1.unites u
where u.sorte = 'departement' and u.edition = (select d.edition from edition_dessinee() d);
comment on view diffusion_1.departements is
'Départements
Les départements, et les collectivités d''outre-mer qui en tiennent lieu.';

create or replace view diffusion_1.regions with (security_invoker = true) as
select u.id, u.code, u.nom, u.millesime, u.population, u.geometrie
from diffusion_1.unites u
where u.sorte = 'region' and u.edition = (select d.edition from edition_dessinee() d);
comment on view diffusion_1.regions is
'Régions
Les régions.';

create or replace view diffusion_1.zones with (security_invoker = true) as
select format('%s.%s.%s', z.reseau, z.code, z.version) as id, z.reseau, z.code as zone, z.version::integer as version,
  etat_montre(z.etat, z.fin, current_date) as etat, z.partenaire, o.nom as partenaire_nom, z.theme,
  t.libelle as theme_libelle, z.nom, z.debut, z.fin, d.millesime, r.demonstration, c.contour as geometrie
from zone z
join reseau r on r.code = z.reseau
join partenaire p on p.reseau = z.reseau and p.code = z.partenaire
join organisme o on o.code = p.organisme
left join theme t on t.reseau = z.reseau and t.code = z.theme
cross join edition_dessinee() d
left join zone_contour c on c.zone = z.id and c.millesime = d.millesime and c.bande = bande(14);
comment on view diffusion_1.zones is
'Zones d''intervention
Où travaillent les partenaires : une surface par version de zone. Le public lit les zones validées ; un partenaire, aussi les siennes qui ne le sont pas.';

create or replace view diffusion_1.demandes with (security_invoker = true) as
select d.id, d.reseau, d.date, extract(year from d.date)::integer as annee, d.theme,
  t.libelle as theme_libelle, d.partenaire, o.nom as partenaire_nom,
  array_to_string(d.partenaires, ', ') as partenaires, d.maille, d.beneficiaire,
  coalesce(u.nom, b.nom) as beneficiaire_nom, d.millesime, d.reponse, d.cloture, s.etat, s.fiche, s.niveau,
  s.reference, s.objet, s.suite, s.jours::double precision as jours, r.demonstration, u.point as geometrie
from demande d
join reseau r on r.code = d.reseau
join partenaire p on p.reseau = d.reseau and p.code = d.partenaire
join organisme o on o.code = p.organisme
join theme t on t.reseau = d.reseau and t.code = d.theme
cross join edition_dessinee() e
-- Looked up demande by demande (`offset` keeps it so): of a filter that lets more through than the planner expects, it
-- would read them all again for each.
left join lateral (select f.* from demande_suivie f where f.id = d.id offset 0) s on true
left join succession a
  on a.reseau = d.reseau and a.millesime = e.millesime and a.maille = 'commune' and a.ancien = d.beneficiaire
  and a.de = d.millesime and d.maille = 'commune'
left join territoire u
  on d.maille in ('commune', 'epci') and u.edition = e.edition
  and u.maille = (case d.maille when 'commune' then 'commune' else 'epci' end)::maille
  and u.code = coalesce(a.code, d.beneficiaire)
left join beneficiaire b on d.maille = 'autre' and b.reseau = d.reseau and b.code = d.beneficiaire
where d.comptee;
comment on view diffusion_1.demandes is
'Demandes
Les demandes des collectivités, au point de la commune ou de l''EPCI qui a demandé. Sans les contacts. Ce qui décrit la demande n''est lu que de ceux qui la suivent ; d''un réseau qui masque ses petits nombres, le public ne lit aucune ligne.';

create or replace view diffusion_1.couverture with (security_invoker = true) as
select format('%s.%s', r.code, c.code) as id, r.code as reseau, c.code, u.nom, r.annee::integer as annee, d.millesime,
  c.partenaires, c.demandes, c.etat, r.demonstration, u.geometrie
from reseau r
cross join edition_dessinee() d
cross join lateral couverture_des_unites(
  array[r.code], null, null, null, null, d.edition, d.millesime, 'commune', null) c
-- Looked up commune by commune (`offset` keeps it so): joined, they may all be read again for each réseau.
cross join lateral (
  select t.nom, g.contour as geometrie
  from territoire t
  left join contour g on g.edition = t.edition and g.bande = bande(14) and g.maille = t.maille and g.code = t.code
  where t.edition = d.edition and t.maille = 'commune' and t.code = c.code
  offset 0
) u;
comment on view diffusion_1.couverture is
'Couverture
Ce que les zones et les demandes disent de chaque commune d''un réseau, une année : combien de partenaires peuvent l''aider, combien de demandes elle a faites.';

create or replace view diffusion_1.valeurs with (security_invoker = true) as
select format('%s.%s.%s', j.indicateur, j.periode, v.code) as id, v.code, t.nom, j.millesime, j.maille::text as maille,
  t.epci,
  case when t.maille <> 'epci' then t.departement
    else (select r.departement from diffusion_1.rattachement(t.edition, t.code) r) end as departement,
  case when t.maille <> 'epci' then t.region
    else (select r.region from diffusion_1.rattachement(t.edition, t.code) r) end as region,
  j.indicateur, j.periode, v.valeur, v.etat::text as etat, c.contour as geometrie
from jeu j
join millesime m on m.annee = j.millesime
join valeur v on v.jeu = j.id
join territoire t on t.edition = m.edition and t.maille = j.maille and t.code = v.code
-- A millésime may have codes only.
left join contour c
  on c.edition = t.edition and c.bande = bande(14) and c.maille = t.maille and c.code = t.code;
comment on view diffusion_1.valeurs is
'Valeurs des indicateurs
Les valeurs telles qu''elles ont été publiées, dans le millésime de leur publication.';

create or replace view diffusion_1.indicateurs with (security_invoker = true) as
select i.code as id, i.code, i.theme, i.libelle, i.description, i.unite, i.nature::text as nature, i.producteur,
  i.source, i.licence, i.site
from indicateur i
where i.affiche;
comment on view diffusion_1.indicateurs is
'Indicateurs
Le catalogue des indicateurs : ce que chacun mesure, son unité, sa source.';

create or replace view diffusion_1.partenaires with (security_invoker = true) as
select format('%s.%s', p.reseau, p.code) as id, p.reseau, p.code, o.nom, o.sigle, o.type, p.site, p.courriel,
  p.telephone, p.description, r.demonstration
from partenaire p
join reseau r on r.code = p.reseau
join organisme o on o.code = p.organisme;
comment on view diffusion_1.partenaires is
'Partenaires
Les organismes membres de chaque réseau, et comment les joindre.';

-- Headings of the columns: a column means the same in every view that has it.
do $$
declare
  colonne record;
begin
  for colonne in
    select v.relname, a.attname, t.texte
    from (values
      ('id', 'Identifiant'),
      ('code', 'Code : code officiel, ou code dans le réseau'),
      ('nom', 'Nom'),
      ('maille', 'Maille : commune, epci, departement, region ; autre pour un bénéficiaire qui n''est ni l''un ni l''autre'),
      ('millesime', 'Millésime : année du code officiel géographique'),
      ('nature', 'Nature'),
      ('siren', 'SIREN'),
      ('epci', 'EPCI : SIREN de l''EPCI de la commune'),
      ('departement', 'Département : son code ; d''un EPCI, celui où il a le plus de communes'),
      ('departements', 'Départements : tous ceux où l''EPCI a des communes, séparés par des virgules'),
      ('region', 'Région : son code ; d''un EPCI, celle de son département'),
      ('population', 'Population : population municipale'),
      ('codes_postaux', 'Codes postaux'),
      ('reseau', 'Réseau : son code'),
      ('zone', 'Zone : son code dans le réseau'),
      ('version', 'Version'),
      ('etat', 'État'),
      ('partenaire', 'Partenaire : son code dans le réseau ; d''une demande, celui qui la mène'),
      ('partenaire_nom', 'Nom du partenaire'),
      ('partenaires', 'Partenaires : d''une commune, combien peuvent l''aider ; d''une demande, leurs codes'),
      ('theme', 'Thème : son code ; absent si la zone vaut pour tous ceux du partenaire'),
      ('theme_libelle', 'Libellé du thème'),
      ('debut', 'Début : premier jour, compris'),
      ('fin', 'Fin : dernier jour, compris'),
      ('demonstration', 'Démonstration : vrai si ce sont des données de démonstration'),
      ('date', 'Date'),
      ('annee', 'Année'),
      ('beneficiaire', 'Bénéficiaire : code de qui a demandé'),
      ('beneficiaire_nom', 'Nom du bénéficiaire'),
      ('reponse', 'Première réponse : son jour'),
      ('cloture', 'Clôture : son jour'),
      ('fiche', 'Fiche'),
      ('niveau', 'Niveau d''intervention'),
      ('reference', 'Référence'),
      ('objet', 'Objet'),
      ('suite', 'Suite donnée'),
      ('jours', 'Jours passés'),
      ('demandes', 'Demandes : leur nombre ; absent quand le réseau ne le publie pas'),
      ('indicateur', 'Indicateur : son code'),
      ('periode', 'Période'),
      ('valeur', 'Valeur'),
      ('libelle', 'Libellé'),
      ('description', 'Description'),
      ('unite', 'Unité'),
      ('producteur', 'Producteur'),
      ('source', 'Source'),
      ('licence', 'Licence'),
      ('site', 'Site'),
      ('sigle', 'Sigle'),
      ('type', 'Type'),
      ('courriel', 'Courriel'),
      ('telephone', 'Téléphone')) t (nom, texte)
    join pg_attribute a on a.attname = t.nom
    join pg_class v on v.oid = a.attrelid and v.relkind = 'v' and v.relnamespace = 'diffusion_1'::regnamespace
  loop
    execute format('comment on column diffusion_1.%I.%I is %L', colonne.relname, colonne.attname, colonne.texte);
  end loop;
end
$$;

grant usage on schema diffusion_1 to maillage_service, maillage_lecture;
grant select on all tables in schema diffusion_1 to maillage_service, maillage_lecture;
grant execute on function diffusion_1.rattachement to maillage_service, maillage_lecture;
