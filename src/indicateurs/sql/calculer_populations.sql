-- The populations of a millésime, when it has not been worked out with the rest.
-- $1 edition, $2 millésime.
insert into calcul (indicateur, periode, code, valeur)
select 'population', $2::text, t.code, t.population
from territoire t
where t.edition = $1 and t.maille = 'commune' and t.population is not null
  and not exists (
    select from jeu j
    where j.indicateur = 'population' and j.periode = $2::text and j.maille = 'commune')
