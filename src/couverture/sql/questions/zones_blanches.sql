-- Communes that nobody covers, known as such: all the partners concerned have declared their zones
-- complete. Where some have not, nothing is known, and it is counted apart.
with
  etats as materialized (
    select u.code, u.etat
    from couverture_des_unites($1, $2, $3, $4, $5, $6, $7, 'commune',
      case when $8::maille is not null then array(select c.code from communes_de($6, $8, $9) c) end) u
  )
select jsonb_build_object(
  'communes', (select count(*) from etats),
  'communes_aidees', (select count(*) from etats where etat = 'aide'),
  'communes_non_renseignees', (select count(*) from etats where etat = 'non_renseigne'),
  'partenaires_non_declares', (
    select coalesce(jsonb_agg(jsonb_build_object('reseau', k.reseau, 'code', k.code)
      order by k.reseau, k.code), '[]')
    from partenaires_concernes($1, $2, $3, $5) k
    where not k.zones_declarees),
  'zones_blanches', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'code', t.code, 'nom', t.nom, 'departement', t.departement, 'population', t.population,
        'point', degres(t.point)) order by t.code), '[]')
    from etats e
    join territoire t on t.edition = $6 and t.maille = 'commune' and t.code = e.code
    where e.etat = 'personne'))
