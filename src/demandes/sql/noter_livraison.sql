-- Notes what a load brought of each partner that leads demandes of it. $1 réseau, $2 partners and counts as JSON.
insert into livraison (reseau, partenaire, du, au, nouvelles, changees, identiques, refus)
select $1, x.partenaire, x.du, x.au, x.nouvelles, x.changees, x.identiques, x.refus
from jsonb_to_recordset($2) as x (
  partenaire text, du date, au date, nouvelles integer, changees integer, identiques integer, refus jsonb)
