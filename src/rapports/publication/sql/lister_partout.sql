-- The last version of each report that the principal may read, réseau by réseau.
select distinct on (r.nom, r.code, p.annee) r.code as reseau, r.nom as nom_du_reseau, p.annee, p.version, p.note, p.edition, p.publie_le,
  encode(p.empreinte, 'hex') as empreinte, octet_length(p.pdf) as octets
from rapport_publie p
join reseau r on r.code = p.reseau
order by r.nom, r.code, p.annee desc, p.version desc
