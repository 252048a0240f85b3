-- The catalogue, with the periods that have values: its own, or those of both of its parts.
-- $1 the code of one indicator, or null for all that are shown.
select i.code, i.theme, i.libelle, i.description, i.unite, i.nature, i.numerateur, i.denominateur, i.facteur,
  i.producteur, i.source, i.licence, i.site, i.sens, i.decimales, i.seuil_secret, i.modalites,
  coalesce((
    select array_agg(distinct j.periode order by j.periode desc)
    from jeu j
    where j.indicateur = coalesce(i.numerateur, i.code)
      and (i.denominateur is null or exists (
        select from jeu d where d.indicateur = i.denominateur and d.periode = j.periode))), '{}')
    as periodes,
  (select max(j.date_source) from jeu j where j.indicateur = coalesce(i.numerateur, i.code))
    as date_source
from indicateur i
where case when $1::text is null then i.affiche else i.code = $1 end
order by i.rang, i.code
