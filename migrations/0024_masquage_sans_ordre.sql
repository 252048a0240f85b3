-- What is left out with small counts told about them: the smallest others were, so that whoever read what was
-- published knew how large they could be. They are now chosen by what says nothing of counts (a hash of the code), and
-- how many are, by the threshold alone.

-- Under three, what is small is always one.
update reseau set seuil_publication = 3 where seuil_publication = 2;
alter table reseau drop constraint reseau_publication_possible;
alter table reseau add constraint reseau_publication_possible check (seuil_publication between 3 and 20);

-- Each count of a réseau under a threshold: `propre` when it is small itself, `solidaire` when it is left out so that
-- a small one cannot be found from a total.
--
-- Sums are published by département (of communes) and in all; so counts go by groups of which the sum is known: the
-- communes of a département, and the EPCI with the other beneficiaries. In a group that has a small count, two others
-- are left out with it: one would do, but whoever asked that one knows it. Somebody who knows the rule knows which are
-- small, and the sum of all that are left out; each small one may still be anything from one to the threshold when
-- what the others do not take for certain is enough. When it is not, the whole group is left out, its sum, and the
-- total of the réseau. Both choices depend on nothing but codes, which are small, and that sum.
create or replace function publication_de(p_reseau text, p_seuil integer)
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
  -- Small ones, and the others in an order that says nothing of them.
  rangees as (
    select c.*, c.nombre < p_seuil as petite,
      row_number() over (
        partition by c.annee, c.groupe, c.nombre < p_seuil order by md5(p_reseau || '/' || c.maille || '/' || c.code)
      ) as rang
    from cellules c
  ),
  groupes as (
    select r.annee, r.groupe, min(r.departement) as departement, sum(r.nombre)::integer as nombre,
      count(*) filter (where r.petite) as petites,
      count(*) filter (where not r.petite and r.rang <= 2) as compagnes,
      coalesce(sum(r.nombre) filter (where r.petite or r.rang <= 2), 0) as somme
    from rangees r
    group by r.annee, r.groupe
  ),
  -- Whether each small one may be anything: all, when none is.
  juges as (
    select g.*,
      case
        when g.petites = 0 then true
        when g.compagnes > 0 then g.somme - (g.petites - 1) - p_seuil * g.compagnes >= p_seuil - 1
        else g.somme - (g.petites - 1) * (p_seuil - 1) <= 1 and g.somme - (g.petites - 1) >= p_seuil - 1
      end as sur
    from groupes g
  ),
  masquees as (
    select r.*,
      case
        when r.petite then 'propre'
        when j.petites > 0 and (r.rang <= 2 or not j.sur) then 'solidaire'
      end as masque
    from rangees r
    join juges j using (annee, groupe)
  ),
  sommes as (select j.*, case when not j.sur then 'solidaire' end as masque from juges j)
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

insert into publication_a_refaire (reseau)
select r.code from reseau r where r.seuil_publication is not null
on conflict do nothing;
select publier_les_demandes();
