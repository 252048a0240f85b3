-- A réseau whose demandes the principal keeps, for a partner of it ($2) or for all (null). $1 réseau.
select r.code, r.nom, r.nom_court, r.public, r.annee, r.code = any (mes_coordinations()) as coordonne,
  (select coalesce(o.sigle, o.nom)
   from partenaire p join organisme o on o.code = p.organisme
   where p.reseau = r.code and p.code = $2) as partenaire_nom
from reseau r
where r.code = $1
  and (r.code = any (mes_coordinations()) or r.code || '/' || $2::text = any (mes_partenaires()))
