-- What each line of a list names in the whole country: communes and EPCI, by code or by name. $1 réseau, $2 the lines.
with
  -- A code, or else a name, accents and articles aside.
  lignes as (
    select l.rang, upper((regexp_match(l.texte, '(?<![\w])(\d{9}|\d[\dABab]\d{3})(?![\w])'))[1]) as code,
      nullif(cle_recherche(l.texte), '') as cle
    from unnest($2::text[]) with ordinality as l (texte, rang)
  ),
  lieux as (
    select l.rang, d.millesime, t.maille, t.code, t.nom, t.departement
    from edition_dessinee() d
    cross join lignes l
    join territoire t
      on t.edition = d.edition and t.maille in ('commune', 'epci')
      and case when l.code is null then t.cle = l.cle else t.code = l.code end
  )
select l.rang, t.maille::text as maille, t.code, t.nom, t.departement,
  p.code is not null as deja
from lignes l
left join lieux t on t.rang = l.rang
left join perimetre_actuel p
  on p.reseau = $1 and p.millesime = t.millesime and p.maille = t.maille and p.code = t.code
order by l.rang, t.departement, t.code
