-- Proposals that wait for a decision, the oldest first, each beside the version in force. $1 réseau, $2 version of a
-- code (null: all), $3 code.
with
  proposees as (
    select z.*, v.id as ancienne
    from zone z
    left join zone v
      on v.reseau = z.reseau and v.code = z.code and v.etat = 'validee'
      and current_date between v.debut and coalesce(v.fin, 'infinity')
    where z.reseau = $1 and ($3::text is null and z.etat = 'proposee' or z.code = $3 and z.version = $2)
  ),
  -- Communes of the perimeter that each version covers.
  communes as (
    select zc.zone, zc.commune
    from zone_commune zc
    join edition_dessinee() e on e.millesime = zc.millesime
    where zc.couverte and zc.dans_perimetre
      and (zc.zone in (select id from proposees) or zc.zone in (select ancienne from proposees))
  )
select z.code, z.version, z.revision, z.etat, z.nom, t.libelle as theme_libelle, z.partenaire,
  o.nom as partenaire_nom, z.proposee_le, z.decidee_le, z.motif, z.debut, z.fin, z.reparation,
  z.surface is not null as dessinee, k.texte as commentaire,
  (select count(*) from communes c where c.zone = z.id) as couvertes,
  (select count(*) from communes c
   where c.zone = z.id and not exists (select from communes a where a.zone = z.ancienne and a.commune = c.commune))
    as ajoutees,
  (select count(*) from communes a
   where a.zone = z.ancienne and not exists (select from communes c where c.zone = z.id and c.commune = a.commune))
    as retirees,
  -- Whoever coordinates reads the journal: it says who proposed.
  (select coalesce(c.nom, j.auteur)
   from journal j
   left join compte c on c.id = j.compte
   where j.objet = 'zone' and j.operation = 'insert' and j.cle = z.id::text
   order by j.id
   limit 1) as auteur
from proposees z
join partenaire p on p.reseau = z.reseau and p.code = z.partenaire
join organisme o on o.code = p.organisme
left join theme t on t.reseau = z.reseau and t.code = z.theme
left join zone_commentaire k on k.zone = z.id
order by z.proposee_le, z.code, z.version
