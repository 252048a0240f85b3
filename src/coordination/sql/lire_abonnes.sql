-- Who asked to be reminded of a réseau, and for whom they speak there. $1 réseau.
select c.id as compte, c.courriel, c.nom,
  c.administrateur or bool_or(d.role = 'coordinateur') as coordonne,
  coalesce(array_agg(d.partenaire) filter (where d.partenaire is not null), '{}') as partenaires,
  coalesce(r.envoye_le > now() - interval '7 days', false) as recent
from rappel r
join compte c on c.id = r.compte
left join droit d on d.compte = r.compte and d.reseau = r.reseau and d.accepte_le is not null
where r.reseau = $1 and c.desactive_le is null
group by c.id, c.courriel, c.nom, c.administrateur, r.envoye_le
having c.administrateur or bool_or(d.role <> 'lecteur')
order by c.nom, c.id
