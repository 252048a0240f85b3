-- What a zone of a réseau is judged by, as one word that changes with it: the edition whose codes are known, the
-- perimeter, and what rows may name. $1 réseau.
select md5(jsonb_build_array(
  array(select jsonb_build_array(m.annee, m.edition) from millesime m order by m.annee),
  (select count(*) from perimetre_actuel where reseau = $1),
  array(select code from partenaire where reseau = $1 order by code),
  array(select jsonb_build_array(code, parent) from theme where reseau = $1 order by code),
  array(select partenaire || '/' || theme from partenaire_theme where reseau = $1 order by 1),
  array(select code from regroupement where reseau = $1 order by code))::text)
from reseau r
where r.code = $1
