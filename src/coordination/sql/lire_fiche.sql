-- A fiche as its form shows it; what is each partner's own stands beside, under `niveau:code` and its like. $1 réseau,
-- $2 code.
select jsonb_build_object(
  'titre', f.titre, 'description', f.description, 'genre', f.genre, 'niveau', f.niveau, 'cout', f.cout,
  'conditions', f.conditions, 'phases', f.phases, 'expertises', f.expertises, 'publics', f.publics,
  'mots_cles', f.mots_cles, 'fin', f.fin,
  'themes', array(
    select ft.theme from fiche_theme ft where ft.reseau = f.reseau and ft.fiche = f.code order by 1),
  'partenaires', array(
    select fp.partenaire from fiche_partenaire fp
    where fp.reseau = f.reseau and fp.fiche = f.code order by 1))
  || coalesce((
    select jsonb_object_agg(x.cle || ':' || fp.partenaire, x.valeur)
    from fiche_partenaire fp
    cross join lateral (
      values ('niveau', fp.niveau), ('cout', fp.cout), ('conditions', fp.conditions)) x (cle, valeur)
    where fp.reseau = f.reseau and fp.fiche = f.code), '{}')
from fiche f
where f.reseau = $1 and f.code = $2
