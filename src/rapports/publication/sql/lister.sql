-- $1 réseau.
select annee, version, note, edition, publie_le, encode(empreinte, 'hex') as empreinte, octet_length(pdf) as octets
from rapport_publie
where reseau = $1
order by annee desc, version desc
