-- Demandes of a year that the principal keeps, the latest first, with the names that people read. $1 réseau, $2 partner
-- that leads or is called in (null: all), $3 year, $4 state (null: all), $5 text of their reference, object or
-- beneficiary (null: all), $6 how many, $7 after how many.
with
  tenues as (
    select d.id, s.reference, d.date, d.themes, d.partenaires, d.partenaire, d.maille, d.beneficiaire, s.objet, s.etat,
      coalesce(
        (select t.nom
         from millesime m
         join territoire t on t.edition = m.edition and t.maille::text = d.maille and t.code = d.beneficiaire
         order by m.annee desc
         limit 1),
        (select b.nom from beneficiaire b where b.reseau = d.reseau and b.code = d.beneficiaire),
        d.beneficiaire) as nom
    from demande_suivie s
    join demande d on d.id = s.id
    where s.reseau = $1 and s.revision is not null and d.fusionnee is null
      and d.date between make_date($3, 1, 1) and make_date($3, 12, 31)
      and ($2::text is null or $2 = any (d.partenaires))
      and ($4::text is null or s.etat = $4)
  )
select t.id, t.reference, t.date, t.maille, t.beneficiaire, t.nom, t.objet, t.etat, t.partenaire as meneur,
  array(
    select coalesce(h.libelle, x.code)
    from unnest(t.themes) with ordinality as x (code, rang)
    left join theme h on h.reseau = $1 and h.code = x.code
    order by x.rang) as themes,
  (select coalesce(o.sigle, o.nom)
   from partenaire p join organisme o on o.code = p.organisme
   where p.reseau = $1 and p.code = t.partenaire) as meneur_nom,
  count(*) over () as total
from tenues t
where $5::text is null
  or strpos(lower(concat_ws(' ', t.reference, t.objet, t.nom, t.beneficiaire)), lower($5)) > 0
order by t.date desc, t.id desc
limit $6 offset $7
