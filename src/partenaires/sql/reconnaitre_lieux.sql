-- What each line of a list may name, in the perimeter of a réseau, best first. $1 réseau, $2 the lines: codes, post codes
-- or names, alone or « 26150 Die ».
with
  edition as (select edition, millesime from edition_dessinee()),
  -- A code at the beginning or at the end, and the name that is left.
  lignes as (
    select l.rang, l.texte,
      upper(coalesce(
        (regexp_match(l.texte, '^\s*(\d{9}|\d[\dABab]\d{3})(?![\w])'))[1],
        (regexp_match(l.texte, '(?<![\w])(\d{9}|\d[\dABab]\d{3})[\s)]*$'))[1])) as code,
      -- As people shorten the kinds of EPCI.
      replace(replace(replace(replace(
        ' ' || cle_recherche(regexp_replace(
          regexp_replace(l.texte, '(?<![\w])(\d{9}|\d[\dABab]\d{3})(?![\w])', ' ', 'g'), '\([^)]*\)', ' ', 'g')) || ' ',
        ' cc ', ' communaute de communes '), ' ca ', ' communaute d agglomeration '),
        ' cu ', ' communaute urbaine '), ' com com ', ' communaute de communes ') as dite
    from unnest($2::text[]) with ordinality as l (texte, rang)
  ),
  entrees as (select rang, texte, code, nullif(btrim(dite), '') as cle from lignes),
  -- Communes of the perimeter, and the EPCI that have some.
  communes as (
    select t.*
    from edition e
    join perimetre_actuel p on p.reseau = $1 and p.millesime = e.millesime and p.maille = 'commune'
    join territoire t on t.edition = e.edition and t.maille = 'commune' and t.code = p.code
  ),
  lieux as (
    select 'commune' as maille, c.code, c.nom, c.cle, c.codes_postaux
    from communes c
    union all
    select 'epci', t.code, t.nom, t.cle, '{}'
    from edition e
    join territoire t on t.edition = e.edition and t.maille = 'epci'
    where t.code in (select c.epci from communes c)
  ),
  -- One row for each way in which a line names a place; the lowest order is the best.
  reponses as (
    select n.rang, l.maille, l.code, l.nom, 'code' as motif,
      -- Beside a code, the name decides between the one of Insee and the one of the post.
      case when n.cle is null or l.cle = n.cle then 0 else 3 end as ordre
    from entrees n join lieux l on l.code = n.code
    union all
    select n.rang, 'commune', c.code, c.nom, 'ancien_code', 2
    from entrees n
    cross join edition e
    join passage p on p.ancien = n.code and p.vers = e.millesime and p.depuis <= e.millesime
    join communes c on c.code = p.nouveau
    union all
    select n.rang, l.maille, l.code, l.nom, 'code_postal', case when l.cle = n.cle then 1 else 4 end
    from entrees n join lieux l on l.codes_postaux @> array[n.code]
    where n.cle is null or l.cle = n.cle
    union all
    select n.rang, l.maille, l.code, l.nom, 'nom', 1
    from entrees n join lieux l on l.cle = n.cle
    union all
    -- Not what was written, and perhaps what was meant.
    select n.rang, v.maille, v.code, v.nom, 'proche', 8
    from entrees n
    cross join lateral (
      select l.maille, l.code, l.nom
      from lieux l
      where l.cle % n.cle or n.cle like '%' || l.cle || '%' and length(l.cle) > 3
      order by similarity(l.cle, n.cle) desc, l.code
      limit 4
    ) v
    where n.cle is not null
    union all
    -- Elsewhere than in the réseau.
    select n.rang, 'commune', t.code, t.nom, 'ailleurs', 9
    from entrees n
    cross join edition e
    join territoire t on t.edition = e.edition and t.maille in ('commune', 'epci') and t.code = n.code
    where not exists (select from lieux l where l.code = t.code)
  ),
  -- A place once a line.
  meilleures as (
    select distinct on (rang, maille, code) *
    from reponses
    order by rang, maille, code, ordre
  )
select n.rang, m.maille, m.code, m.nom, m.motif, m.ordre
from entrees n
left join meilleures m on m.rang = n.rang
order by n.rang, m.ordre, m.nom
