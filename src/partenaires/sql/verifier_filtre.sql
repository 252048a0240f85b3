-- Whether a réseau has the theme $2 and the partner $3; null is always had. $1 réseau, or null for
-- any of them.
select
  $2::text is null or exists (
    select from theme t where t.code = $2 and ($1::text is null or t.reseau = $1)) as theme,
  $3::text is null or exists (
    select from partenaire p where p.code = $3 and ($1 is null or p.reseau = $1)) as partenaire
