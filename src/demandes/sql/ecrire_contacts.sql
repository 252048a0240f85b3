-- The contacts of the demandes that are new; `effacer_contacts_changes` made room for the others. $1 réseau.
insert into contact (reseau, demande, nom, fonction, courriel, telephone, recueilli_le)
select $1, d.id, c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone, c.date
from comparee c
join demande d on d.reseau = $1 and d.partenaire = c.partenaires[1] and d.reference = c.reference
where c.contact_garde and (c.changements is null or 'contact' = any (c.changements))
  and num_nonnulls(c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone) > 0
