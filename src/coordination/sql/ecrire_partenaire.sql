-- $1 réseau, $2 code, $3 its body, $4 what its form says, as JSON.
with dite as (
  select * from jsonb_populate_record(null::partenaire, $4)
),
changee as (
  update partenaire p
  set organisme = $3, site = d.site, courriel = d.courriel, telephone = d.telephone,
    description = d.description, role = d.role, debut = d.debut, fin = d.fin, cadre = d.cadre,
    origine = 'page'
  from dite d
  where p.reseau = $1 and p.code = $2
  returning p.code
)
insert into partenaire (
  reseau, code, organisme, rang, site, courriel, telephone, description, role, debut, fin, cadre, origine)
select $1, $2, $3, (select coalesce(max(rang) + 1, 0) from partenaire where reseau = $1), d.site, d.courriel,
  d.telephone, d.description, d.role, d.debut, d.fin, d.cadre, 'page'
from dite d
where not exists (select from changee)
