-- Réseaux made up to measure with: one a département, in the order of their codes, all under the code
-- `synthese-…` and said to be a demonstration. The same settings always give the same rows.
-- `maillage.reseaux`, `maillage.partenaires`, `maillage.zones` and `maillage.demandes` say how many, in all.

-- A number under n drawn from a rank; `sel` tells one draw from another.
create function pg_temp.tirage(rang bigint, sel bigint, n bigint) returns bigint
language sql immutable parallel safe
as $$ select (hashint8extended(rang, sel) & 9223372036854775807) % n $$;

delete from reseau where code like 'synthese-%';
delete from organisme o where not exists (select from partenaire p where p.organisme = o.code);

create temporary table charge on commit drop as
select 'synthese-' || lower(d.code) as reseau, d.code as departement, d.rang,
  m.annee as millesime, m.edition
from (select max(annee) as annee from millesime m join edition e on e.id = m.edition
      where e.millesime_contours is not null) dernier
join millesime m on m.annee = dernier.annee
cross join lateral (
  select code, row_number() over (order by code) - 1 as rang
  from territoire where edition = m.edition and maille = 'departement'
  order by code limit current_setting('maillage.reseaux')::integer) d;

-- How many of each there are in one réseau.
create temporary table mesure on commit drop as
select greatest(1, current_setting('maillage.partenaires')::integer / n) as partenaires,
  current_setting('maillage.zones')::integer / n as zones,
  current_setting('maillage.demandes')::integer / n as demandes
from (select greatest(1, count(*))::integer as n from charge) c;

insert into reseau (code, nom, nom_court, departement, annee, millesime, demonstration, mention, public)
select reseau, 'Réseau de mesure ' || departement, 'Mesure ' || departement, departement,
  millesime - 1, millesime, true, 'Données fabriquées pour mesurer : elles ne décrivent rien de réel.', true
from charge;

insert into organisme (code, nom)
select c.reseau || '/partenaire-' || p, 'Partenaire de mesure ' || p
from charge c cross join mesure cross join generate_series(1, mesure.partenaires) p;
insert into partenaire (reseau, code, organisme, rang, recherche)
select c.reseau, 'partenaire-' || p, c.reseau || '/partenaire-' || p, p,
  to_tsvector('francais', 'Partenaire de mesure ' || p)
from charge c cross join mesure cross join generate_series(1, mesure.partenaires) p;

-- Four themes of the first level, three under each.
insert into theme (reseau, code, libelle, parent, rang, mots_cles, recherche)
select c.reseau, t.code, t.libelle, t.parent, t.rang, '{}', to_tsvector('francais', t.libelle)
from charge c
cross join lateral (
  select 'theme-' || f as code, 'Thème ' || f as libelle, null as parent, f * 4 as rang
  from generate_series(1, 4) f
  union all
  select format('theme-%s-%s', f, s), format('Thème %s.%s', f, s), 'theme-' || f, f * 4 + s
  from generate_series(1, 4) f cross join generate_series(1, 3) s
) t
order by t.parent nulls first;
-- A partner has one theme of each level out of three.
insert into partenaire_theme (reseau, partenaire, theme)
select p.reseau, p.code, t.code
from partenaire p
join charge c on c.reseau = p.reseau
join theme t on t.reseau = p.reseau and t.parent is not null
where (p.rang + t.rang) % 3 = 0;
-- Four partners out of five have declared their zones complete.
insert into declaration (reseau, partenaire, theme, date)
select p.reseau, p.code, null, make_date(c.millesime - 1, 6, 30)
from partenaire p join charge c on c.reseau = p.reseau
where p.rang % 5 <> 0;

insert into perimetre (reseau, maille, code, millesime, nom)
select c.reseau, 'commune', t.code, c.millesime, t.nom
from charge c
join territoire t on t.edition = c.edition and t.maille = 'commune' and t.departement = c.departement;
insert into perimetre (reseau, maille, code, millesime, nom)
select c.reseau, 'epci', e, c.millesime, t.nom
from charge c
cross join lateral epci_de(c.edition, 'departement', c.departement) e
join territoire t on t.edition = c.edition and t.maille = 'epci' and t.code = e;

-- Zones: the whole département, some EPCI, a list of communes, or a drawn disc; half of them for a theme.
insert into zone (reseau, code, partenaire, theme, debut, fin, surface)
select c.reseau, 'zone-' || z, p.code,
  case when pg_temp.tirage(n.rang, 1, 2) = 0 then (
    select pt.theme from partenaire_theme pt
    where pt.reseau = c.reseau and pt.partenaire = p.code
    order by hashtextextended(pt.theme, n.rang) limit 1) end,
  make_date(c.millesime - 10, 1, 1) + pg_temp.tirage(n.rang, 2, 3000)::integer,
  case when pg_temp.tirage(n.rang, 3, 5) = 0 then make_date(c.millesime - 1, 6, 30) end,
  case when pg_temp.tirage(n.rang, 4, 5) = 4 then (
    select st_multi(st_buffer(t.point, 15000))
    from territoire t
    where t.edition = c.edition and t.maille = 'commune' and t.departement = c.departement
      and t.point is not null
    order by hashtextextended(t.code, n.rang) limit 1) end
from charge c
cross join mesure
cross join lateral generate_series(1, mesure.zones) z
cross join lateral (select c.rang * 100000 + z as rang) n
join partenaire p on p.reseau = c.reseau and p.rang = 1 + z % mesure.partenaires;
insert into zone_unite (reseau, zone, maille, code)
select z.reseau, z.id, u.maille, u.code
from zone z
join charge c on c.reseau = z.reseau
cross join lateral (select c.rang * 100000 + substr(z.code, 6)::integer as rang) n
cross join lateral (
  select 'departement'::maille as maille, c.departement as code
  where pg_temp.tirage(n.rang, 4, 5) = 0
  union all
  (select p.maille, p.code from perimetre p
   where p.reseau = z.reseau and p.maille = 'epci' and pg_temp.tirage(n.rang, 4, 5) in (1, 2)
   order by hashtextextended(p.code, n.rang) limit 1 + pg_temp.tirage(n.rang, 5, 4))
  union all
  (select p.maille, p.code from perimetre p
   where p.reseau = z.reseau and p.maille = 'commune' and pg_temp.tirage(n.rang, 4, 5) = 3
   order by hashtextextended(p.code, n.rang) limit 10 + pg_temp.tirage(n.rang, 5, 60))
) u
where z.surface is null;

-- Demandes of ten years: most of them by communes, some communes asking more than others.
insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat)
select c.reseau, 'D' || d,
  make_date(c.millesime - 10, 1, 1) + pg_temp.tirage(n.rang, 1, 3652)::integer,
  case when pg_temp.tirage(n.rang, 2, 10) = 0 then array[t.un, t.deux] else array[t.un] end,
  case when pg_temp.tirage(n.rang, 3, 5) = 0 and p.un <> p.deux then array[p.un, p.deux]
    else array[p.un] end,
  case when q.epci then 'epci' else 'commune' end,
  case when q.epci then u.epci[1 + pg_temp.tirage(n.rang, 5, cardinality(u.epci))]
    else u.communes[1 + least(
      pg_temp.tirage(n.rang, 5, cardinality(u.communes)),
      pg_temp.tirage(n.rang, 6, cardinality(u.communes)))] end,
  c.millesime,
  -- One in eight does not count.
  (array['terminee', 'terminee', 'terminee', 'terminee', 'terminee', 'terminee', 'terminee', 'terminee',
    'terminee', 'en_cours', 'en_cours', 'en_cours', 'en_cours', 'abandonnee', 'brouillon', 'refusee'])
    [1 + pg_temp.tirage(n.rang, 7, 16)]
from charge c
cross join mesure
cross join lateral (
  select array_agg(code order by code) filter (where maille = 'commune') as communes,
    array_agg(code order by code) filter (where maille = 'epci') as epci
  from perimetre where reseau = c.reseau
) u
cross join lateral generate_series(1, mesure.demandes) d
cross join lateral (select c.rang * 100000000 + d as rang) n
cross join lateral (
  select format('theme-%s-%s', 1 + pg_temp.tirage(n.rang, 8, 4), 1 + pg_temp.tirage(n.rang, 9, 3)) as un,
    'theme-1-1' as deux
) t
cross join lateral (
  select 'partenaire-' || 1 + pg_temp.tirage(n.rang, 10, mesure.partenaires) as un,
    'partenaire-' || 1 + pg_temp.tirage(n.rang, 11, mesure.partenaires) as deux
) p
cross join lateral (
  select pg_temp.tirage(n.rang, 4, 8) = 0 and cardinality(u.epci) > 0 as epci
) q;
