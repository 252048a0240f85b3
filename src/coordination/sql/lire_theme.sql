-- A theme as its form shows it. $1 réseau, $2 code.
select jsonb_build_object(
  'libelle', libelle, 'parent', parent, 'mots_cles', mots_cles, 'fin', fin)
from theme
where reseau = $1 and code = $2
