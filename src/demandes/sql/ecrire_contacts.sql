-- The contacts of demandes that a table brought; those that they had are gone already. $1 réseau, $2 rows as JSON.
with
  recus as materialized (
    select c.*, c.partenaires[1] as partenaire
    from jsonb_to_recordset($2) as c (
      reference text, partenaires text[], date date, contact_nom text, contact_fonction text, contact_courriel text,
      contact_telephone text)
    where num_nonnulls(c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone) > 0
  ),
  tenues as materialized (
    select t.id, t.partenaire, t.reference
    from (select array_agg(partenaire) as partenaires, array_agg(reference) as noms from recus) cles
    cross join lateral demandes_tenues($1, cles.partenaires, cles.noms) t
  )
insert into contact (reseau, demande, nom, fonction, courriel, telephone, recueilli_le)
select $1, t.id, c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone, c.date
from recus c
join tenues t on t.partenaire = c.partenaire and t.reference = c.reference
