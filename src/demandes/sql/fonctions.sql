-- What the questions about demandes share. Applied at each start, before the layers.

drop function if exists demandes_de(text, text, text, integer, integer, integer, maille, text);
drop function if exists demandes_comptees(text, text, text, integer);

-- Demandes that count (`demande.comptee`), dated between two days, both included (by default the réseau's
-- own year), each once, and their beneficiary. Null asks for every réseau, theme or partner. A theme of
-- the first level stands for those under it; a demande is a partner's when it leads or is called in.
create or replace function demandes_comptees(
  p_reseau text, p_theme text, p_partenaire text, p_du date, p_au date)
returns setof demande
language sql stable parallel safe
as $$
  select d.*
  from reseau r
  join demande d
    on d.reseau = r.code
    and d.date between coalesce(p_du, make_date(r.annee, 1, 1))
      and coalesce(p_au, make_date(r.annee, 12, 31))
  where (p_reseau is null or r.code = p_reseau)
    and d.comptee
    and (p_theme is null or d.themes && array(
      select t.code from theme t where t.reseau = r.code and p_theme in (t.code, t.parent)))
    and (p_partenaire is null or p_partenaire = any (d.partenaires))
$$;

-- The same, of a place: those of its communes, of its EPCI, and of the other beneficiaries when
-- the place holds the réseau's département. A null place is the whole réseau. `actuel` is the
-- beneficiary's code in the millésime.
create or replace function demandes_de(
  p_reseau text, p_theme text, p_partenaire text, p_du date, p_au date,
  p_edition integer, p_millesime smallint, p_maille maille, p_code text)
returns table (
  id bigint, reseau text, reference text, date date, themes text[], partenaires text[], maille text,
  beneficiaire text, millesime smallint, actuel text)
language sql stable parallel safe
as $$
  select d.id, d.reseau, d.reference, d.date, d.themes, d.partenaires, d.maille, d.beneficiaire,
    d.millesime, coalesce(s.code, d.beneficiaire)
  from demandes_comptees(p_reseau, p_theme, p_partenaire, p_du, p_au) d
  left join succession s
    on s.reseau = d.reseau and s.millesime = p_millesime and s.maille = 'commune'
    and s.ancien = d.beneficiaire and s.de = d.millesime and d.maille = 'commune'
  where p_maille is null
    or (d.maille = 'commune' and coalesce(s.code, d.beneficiaire) in (
      select c.code from communes_de(p_edition, p_maille, p_code) c))
    or (d.maille = 'epci' and d.beneficiaire in (select e from epci_de(p_edition, p_maille, p_code) e))
    or (d.maille = 'autre' and p_maille in ('departement', 'region') and exists (
      select
      from reseau r
      join territoire t
        on t.edition = p_edition and t.maille = 'departement' and t.code = r.departement
      where r.code = d.reseau
        and ((p_maille = 'departement' and t.code = p_code)
          or (p_maille = 'region' and t.region = p_code))))
$$;
