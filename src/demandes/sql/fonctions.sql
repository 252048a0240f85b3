-- What the questions about demandes share. Applied at each start, before the layers.

-- Demandes dated in a year (by default the réseau's own), each once, and their beneficiary.
-- Null asks for every réseau, theme or partner. A theme of the first level stands for those under
-- it; a demande is a partner's when it leads or is called in.
create or replace function demandes_comptees(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer)
returns table (
  reseau text, reference text, date date, theme text, partenaire text, maille text,
  beneficiaire text, millesime smallint, objet text, etat text)
language sql stable parallel safe
as $$
  select d.reseau, d.reference, d.date, d.theme, d.partenaire, d.maille, d.beneficiaire,
    d.millesime, d.objet, d.etat
  from demande d
  join reseau r on r.code = d.reseau
  where (p_reseau is null or d.reseau = p_reseau)
    and d.date between make_date(coalesce(p_annee, r.annee), 1, 1)
      and make_date(coalesce(p_annee, r.annee), 12, 31)
    and (p_theme is null or exists (
      select from theme t
      where t.reseau = d.reseau and t.code = d.theme and p_theme in (t.code, t.parent)))
    and (p_partenaire is null or exists (
      select from demande_partenaire dp
      where dp.reseau = d.reseau and dp.reference = d.reference and dp.partenaire = p_partenaire))
$$;

-- The same, of a place: those of its communes, of its EPCI, and of the other beneficiaries when
-- the place holds the réseau's département. A null place is the whole réseau. `actuel` is the
-- beneficiary's code in the millésime.
create or replace function demandes_de(
  p_reseau text, p_theme text, p_partenaire text, p_annee integer,
  p_edition integer, p_millesime smallint, p_maille maille, p_code text)
returns table (
  reseau text, reference text, date date, theme text, partenaire text, maille text,
  beneficiaire text, millesime smallint, objet text, etat text, actuel text)
language sql stable parallel safe
as $$
  select d.reseau, d.reference, d.date, d.theme, d.partenaire, d.maille, d.beneficiaire,
    d.millesime, d.objet, d.etat, coalesce(s.code, d.beneficiaire)
  from demandes_comptees(p_reseau, p_theme, p_partenaire, p_annee) d
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
