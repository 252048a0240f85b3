-- What pages set of a réseau, under its columns; null when they set nothing. $1 réseau.
select jsonb_object_agg(x.key, x.value)
from reseau r
cross join jsonb_each(to_jsonb(r)) as x
where r.code = $1 and r.origine = 'page'
  and x.key = any ('{nom,nom_court,couleur,presentation,destinataires,guichet_nom,guichet_site,guichet_courriel,guichet_telephone,
    public,partenaires_se_voient,conservation_mois,journal_mois,cadres,origines,origine}')
