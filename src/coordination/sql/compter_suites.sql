-- What names communes that would leave the perimeter of a réseau. $1 réseau, $2 their codes, as the perimeter has them.
select
  (select count(*) from demande d where d.reseau = $1 and d.maille = 'commune' and d.beneficiaire = any ($2)) as demandes,
  (select count(distinct z.id)
   from zone z
   join zone_commune c on c.zone = z.id and c.couverte and c.dans_perimetre and c.commune = any ($2)
   where z.reseau = $1 and z.etat = 'validee' and current_date between z.debut and coalesce(z.fin, 'infinity')) as zones
