-- What the view `couverture` says, of another edition ($1, millésime $2) and another year ($3) than the réseau's own.
select format('%s.%s', r.code, c.code) as id, r.code as reseau, c.code, u.nom, $3::integer as annee, u.millesime,
  c.partenaires, c.demandes, c.etat, r.demonstration, u.geometrie
from reseau r
cross join lateral couverture_des_unites(
  array[r.code], null, null, make_date($3, 1, 1), make_date($3, 12, 31), $1, $2, 'commune', null) c
join diffusion_1.unites u on u.edition = $1 and u.sorte = 'commune' and u.code = c.code
