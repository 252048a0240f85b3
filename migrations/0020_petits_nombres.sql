-- Small counts: where a réseau sets a threshold, the public reads no demande of it any more, only tables that are
-- worked out in advance, where what is under the threshold is left out, and with it what would give it away by
-- subtraction. Whoever has a right in the réseau reads everything, as before.

alter table reseau add column seuil_publication smallint
  constraint reseau_publication_possible check (seuil_publication between 2 and 20);

-- What the public reads: demandes of a year, by commune, EPCI (`epci`: its own), département (its communes') and in
-- all (`reseau`). A null count is masked; a unit without a row made none.
create table publication (
  reseau text not null constraint publication_de_son_reseau references reseau on delete cascade,
  annee smallint not null,
  maille text not null,
  code text not null,
  -- That of the codes.
  millesime smallint not null,
  demandes integer,
  constraint publication_identifiee primary key (reseau, annee, maille, code)
);
alter table publication enable row level security;
alter table publication force row level security;
create policy proprietaire on publication to current_user using (true) with check (true);
create policy lecture on publication for select to maillage_service
  using (reseau in (select r.code from reseau r));
grant select on publication to maillage_service;

-- Réseaux whose publication is to be worked out again before the change is announced.
create table publication_a_refaire (reseau text constraint publication_a_refaire_identifiee primary key);
alter table publication_a_refaire enable row level security;
alter table publication_a_refaire force row level security;
create policy proprietaire on publication_a_refaire to current_user using (true) with check (true);

-- Those of some réseaux whose demandes the principal does not read one by one.
create function reseaux_masques(p_reseaux text[]) returns text[]
language plpgsql stable parallel safe
as $$
begin
  return array(
    select r.code
    from reseau r
    where r.code = any (p_reseaux) and r.seuil_publication is not null and r.code <> all (mes_reseaux()));
end
$$;

drop policy lecture on demande;
create policy lecture on demande for select to maillage_service
  using ((comptee and reseau in (
      select r.code
      from reseau r
      where r.seuil_publication is null or r.code = any ((select mes_reseaux())::text[])))
    or reseau = any ((select mes_coordinations())::text[])
    or est_des_miens(reseau, partenaires, (select mes_partenaires())));
drop policy lecture on demande_particuliere;
create policy lecture on demande_particuliere for select to maillage_service
  using (reseau in (
    select r.code
    from reseau r
    where r.seuil_publication is null or r.code = any ((select mes_reseaux())::text[])));

-- Each count of a réseau under a threshold: `propre` when it is small itself, `solidaire` when it is left out so that
-- a small one cannot be found from a total.
--
-- Sums are published by département (of communes) and in all; so counts go by groups of which the sum is known: the
-- communes of a département, and the EPCI with the other beneficiaries. In a group that has a small count, the
-- smallest others are left out with it until at least two are, and what they share beyond one each is at least the
-- threshold: each of them may then be anything within that. When even the whole group does not suffice, its sum is
-- left out too, and the total of the réseau with it.
create function publication_de(p_reseau text, p_seuil integer)
returns table (annee smallint, maille text, code text, millesime smallint, demandes integer, masque text)
language sql stable
as $$
  with
  cadre as (
    select e.id as edition, e.millesime
    from millesime m
    join edition e on e.id = m.edition
    where e.millesime_contours is not null
    order by m.annee desc
    limit 1
  ),
  -- Counts of each unit, in the codes of the map.
  cellules as materialized (
    select extract(year from d.date)::smallint as annee,
      case d.maille when 'commune' then 'departement ' || coalesce(t.departement, '') else 'autres' end as groupe,
      d.maille,
      case d.maille when 'autre' then '' else coalesce(s.code, d.beneficiaire) end as code,
      t.departement, count(*)::integer as nombre
    from demande d
    cross join cadre k
    left join succession s
      on s.reseau = d.reseau and s.millesime = k.millesime and s.maille = 'commune' and s.ancien = d.beneficiaire
      and s.de = d.millesime and d.maille = 'commune'
    left join territoire t
      on t.edition = k.edition and d.maille = 'commune' and t.maille = 'commune'
      and t.code = coalesce(s.code, d.beneficiaire)
    where d.reseau = p_reseau and d.comptee
    group by 1, 2, 3, 4, 5
  ),
  groupes as (
    select c.annee, c.groupe, min(c.departement) as departement, sum(c.nombre)::integer as nombre,
      count(*) as cellules,
      count(*) filter (where c.nombre < p_seuil) as petites,
      coalesce(sum(c.nombre) filter (where c.nombre < p_seuil), 0) as somme
    from cellules c
    group by c.annee, c.groupe
  ),
  -- The others of a group that has a small count, smallest first; none of them (rank 0) may suffice.
  suite as (
    select g.annee, g.groupe, 0::bigint as rang, g.petites as masquees, g.somme
    from groupes g
    where g.petites > 0
    union all
    select c.annee, c.groupe, c.rang, g.petites + c.rang, g.somme + c.cumul
    from (
      select c.annee, c.groupe,
        row_number() over ordre as rang, sum(c.nombre) over ordre as cumul
      from cellules c
      where c.nombre >= p_seuil
      window ordre as (partition by c.annee, c.groupe order by c.nombre, c.code rows unbounded preceding)
    ) c
    join groupes g using (annee, groupe)
    where g.petites > 0
  ),
  -- How many of the others are left out; null when all are, and the sum too.
  retraits as (
    select s.annee, s.groupe,
      min(s.rang) filter (where s.masquees >= 2 and s.somme - s.masquees >= p_seuil) as rang
    from suite s
    group by s.annee, s.groupe
  ),
  masquees as (
    select c.*,
      case
        when c.nombre < p_seuil then 'propre'
        when r.groupe is not null and (r.rang is null or c.rang <= r.rang) then 'solidaire'
      end as masque
    from (
      select c.*, row_number() over (
        partition by c.annee, c.groupe, c.nombre < p_seuil order by c.nombre, c.code) as rang
      from cellules c
    ) c
    left join retraits r using (annee, groupe)
  ),
  sommes as (
    select g.*, case when r.groupe is not null and r.rang is null then 'solidaire' end as masque
    from groupes g
    left join retraits r using (annee, groupe)
  )
  select m.annee, m.maille, m.code, k.millesime, m.nombre, m.masque
  from masquees m
  cross join cadre k
  union all
  select s.annee, 'departement', s.departement, k.millesime, s.nombre, s.masque
  from sommes s
  cross join cadre k
  where s.departement is not null
  union all
  select s.annee, 'reseau', '', k.millesime, sum(s.nombre)::integer, max(s.masque)
  from sommes s
  cross join cadre k
  group by s.annee, k.millesime
$$;

-- Works out again the publications that a change made stale.
create function publier_les_demandes() returns void
language sql volatile
as $$
  delete from publication p where p.reseau in (select a.reseau from publication_a_refaire a);
  insert into publication (reseau, annee, maille, code, millesime, demandes)
  select r.code, p.annee, p.maille, p.code, p.millesime, case when p.masque is null then p.demandes end
  from publication_a_refaire a
  join reseau r on r.code = a.reseau and r.seuil_publication is not null
  cross join lateral publication_de(r.code, r.seuil_publication) p
  -- What other beneficiaries asked is nowhere on the map.
  where p.maille <> 'autre';
  delete from publication_a_refaire;
$$;

create or replace function annoncer_changement() returns bigint
language sql
as $$
  select publier_les_demandes();
  update version_donnees set version = version + 1;
  select pg_notify('maillage_donnees', version::text) from version_donnees;
  select version from version_donnees;
$$;

create function publications_a_refaire() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
  insert into publication_a_refaire (reseau)
  select r.code
  from reseau r
  where r.seuil_publication is not null or exists (select from publication p where p.reseau = r.code)
  on conflict do nothing;
  return null;
end
$$;
create trigger publications_des_demandes after insert or update or delete on demande
  for each statement execute function publications_a_refaire();
create trigger publications_des_codes after insert or update or delete on succession
  for each statement execute function publications_a_refaire();
create trigger publications_des_seuils after insert or update of seuil_publication on reseau
  for each statement execute function publications_a_refaire();

-- What a threshold takes from the public map and report, year by year: for coordinators, before they choose it.
create function apercu_de_publication(p_reseau text, p_seuil integer)
returns table (
  annee smallint, communes bigint, communes_masquees bigint, communes_solidaires bigint, epci bigint,
  epci_masques bigint, demandes bigint, demandes_masquees bigint, total_masque boolean)
language sql stable security definer
set search_path = public, pg_temp
as $$
  select p.annee,
    count(*) filter (where p.maille = 'commune'),
    count(*) filter (where p.maille = 'commune' and p.masque = 'propre'),
    count(*) filter (where p.maille = 'commune' and p.masque = 'solidaire'),
    count(*) filter (where p.maille = 'epci'),
    count(*) filter (where p.maille = 'epci' and p.masque is not null),
    sum(p.demandes) filter (where p.maille = 'reseau'),
    coalesce(sum(p.demandes) filter (where p.maille in ('commune', 'epci') and p.masque is not null), 0),
    bool_or(p.maille = 'reseau' and p.masque is not null)
  from publication_de(p_reseau, p_seuil) p
  where p_reseau = any (mes_coordinations())
  group by p.annee
  order by p.annee desc
$$;

-- The coordinator's choice; null for none.
create function choisir_seuil(p_reseau text, p_seuil integer) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
begin
  if not peut_ecrire() or p_reseau <> all (mes_coordinations()) then
    raise insufficient_privilege using message = 'Seul un coordinateur du réseau choisit ce seuil.';
  end if;
  update reseau set seuil_publication = p_seuil where code = p_reseau;
  perform annoncer_changement();
end
$$;

do $$
declare
  fonction regprocedure;
begin
  foreach fonction in array array[
    'publication_de(text, integer)', 'publier_les_demandes()', 'apercu_de_publication(text, integer)',
    'choisir_seuil(text, integer)']::regprocedure[]
  loop
    execute format('revoke all on function %s from public', fonction);
  end loop;
  grant execute on function apercu_de_publication(text, integer), choisir_seuil(text, integer)
    to maillage_service;
end
$$;
