-- Keeps what was worked out as values of a millésime, and empties the working table. What is null is
-- not available. $1 millésime.
with
  jeux as (
    insert into jeu (indicateur, periode, millesime, maille, calcule_pour)
    select distinct indicateur, periode, $1::smallint, 'commune'::maille, $1::smallint
    from calcul
    on conflict (indicateur, periode, maille, millesime) do nothing
    returning id, indicateur, periode
  ),
  sortis as (delete from calcul returning *)
insert into valeur (jeu, code, valeur, etat)
select j.id, s.code, s.valeur,
  (case when s.valeur is null then 'non_disponible' else 'valeur' end)::etat_valeur
from sortis s
join jeux j on j.indicateur = s.indicateur and j.periode = s.periode
