-- Versions of zones. Null asks for all. $1 réseau, $2 partner, $3 theme (one of the first level stands for those
-- under it), $4 state as it is shown, $5 only those that could not be carried over whole, $6 today.
with
  zones as (
    select z.*,
      etat_montre(z.etat, z.fin, $6) as etat_montre
    from zone z
    where ($1::text is null or z.reseau = $1)
      and ($2::text is null or z.partenaire = $2)
      and ($3::text is null or exists (
        select
        from partenaire_theme pt
        join theme t on t.reseau = pt.reseau and t.code = pt.theme
        where pt.reseau = z.reseau and pt.partenaire = z.partenaire
          and (z.theme is null or z.theme = pt.theme) and $3 in (t.code, t.parent)))
  )
select z.reseau, z.code, z.version, z.partenaire, coalesce(o.sigle, o.nom) as partenaire_nom, z.theme,
  z.nom, z.etat_montre as etat, z.debut, z.fin, z.origine, z.revision, z.surface is not null as dessinee,
  (select count(*) from zone_commune zc
   where zc.zone = z.id and zc.millesime = d.millesime and zc.couverte and zc.dans_perimetre)
    as communes,
  coalesce(n.nombre, 0) as non_reportees, r.demonstration
from zones z
cross join edition_dessinee() d
join reseau r on r.code = z.reseau
join partenaire p on p.reseau = z.reseau and p.code = z.partenaire
join organisme o on o.code = p.organisme
left join lateral (
  select count(*) as nombre from zone_non_reportee n
  where n.zone = z.id and n.millesime = (select max(annee) from millesime)
) n on true
where ($4::text is null or z.etat_montre = $4)
  and (not $5 or n.nombre > 0)
order by z.reseau, z.code, z.version
