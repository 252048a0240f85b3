-- What a demande names and its réseau does not have: themes, partners, a fiche; and the newest millésime that has the
-- beneficiary (null: none has; for others than communes and EPCI, that of the réseau).
-- $1 réseau, $2 themes, $3 partners, $4 fiche, $5 maille, $6 beneficiary.
select
  array(select t from unnest($2::text[]) t
    where not exists (select from theme c where c.reseau = $1 and c.code = t)) as themes,
  array(select p from unnest($3::text[]) p
    where not exists (select from partenaire c where c.reseau = $1 and c.code = p)) as partenaires,
  $4::text is null or exists (select from fiche f where f.reseau = $1 and f.code = $4) as fiche,
  case
    when $5 <> 'autre' then (
      select max(m.annee)
      from millesime m
      join territoire t on t.edition = m.edition and t.maille::text = $5 and t.code = $6)
    else (
      select r.millesime
      from reseau r
      where r.code = $1 and exists (select from beneficiaire b where b.reseau = $1 and b.code = $6))
  end as millesime
