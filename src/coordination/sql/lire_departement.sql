-- What a département would give to a réseau, in the newest millésime that has contours. $1 its code.
with la as (
  select t.edition, d.millesime, t.code, t.nom
  from edition_dessinee() d
  join territoire t on t.edition = d.edition and t.maille = 'departement' and t.code = $1
)
select la.code as departement, la.nom, la.millesime,
  (select count(*) from communes_de(la.edition, 'departement', la.code)) as communes,
  (select count(*) from epci_de(la.edition, 'departement', la.code)) as epci,
  (select string_agg(r.nom, ', ' order by r.nom) from reseau r where r.departement = la.code) as reseaux,
  (select c.code
   from generate_series(1, 1000) n
   cross join lateral (
     select replace(cle_recherche(la.nom), ' ', '-') || case n when 1 then '' else '-' || n end as code) c
   where not exists (select from reseau r where r.code = c.code)
   order by n
   limit 1) as code
from la
