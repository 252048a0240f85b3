-- The demandes of pairs as whoever tells them apart reads them. $1 and $2 their numbers, in the same order.
with
  cotes as (
    select d.id, d.reseau, d.maille, d.beneficiaire, d.themes, d.date,
      jsonb_build_object(
        'id', d.id, 'reference', coalesce(s.reference, ''), 'date', d.date, 'objet', s.objet, 'etat', s.etat,
        'partenaire', coalesce(
          (select coalesce(o.sigle, o.nom)
           from partenaire p join organisme o on o.code = p.organisme
           where p.reseau = d.reseau and p.code = d.partenaire),
          d.partenaire)) as dite
    from demande d
    join demande_suivie s on s.id = d.id
    where d.id = any ($1) or d.id = any ($2)
  )
select
  coalesce(
    (select t.nom
     from millesime m
     join territoire t on t.edition = m.edition and t.maille::text = a.maille and t.code = a.beneficiaire
     order by m.annee desc
     limit 1),
    (select b.nom from beneficiaire b where b.reseau = a.reseau and b.code = a.beneficiaire),
    a.beneficiaire) as nom,
  array(
    select coalesce(h.libelle, c)
    from unnest(a.themes) c left join theme h on h.reseau = a.reseau and h.code = c
    where c = any (b.themes)) as themes,
  a.dite as premiere, b.dite as seconde
from unnest($1::bigint[], $2::bigint[]) with ordinality as paire (premiere, seconde, rang)
join cotes a on a.id = paire.premiere
join cotes b on b.id = paire.seconde
order by a.date, a.id, b.id
