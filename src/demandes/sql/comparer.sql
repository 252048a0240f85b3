-- The rows of tables beside the demandes that they replace: `id` is null for a new one, `changements` are the fields that
-- differ, `apres` is what is to be written, `avant` what it takes the place of. $1 réseau, $2 fields that the tables have
-- no column for (what was known of them stays), $3 today, $4 rows as JSON.
with
  recues as materialized (
    select x.*, x.partenaires[1] as partenaire
    from jsonb_to_recordset($4) as x (
      rang bigint, reference text, date date, themes text[], partenaires text[], maille text, beneficiaire text,
      millesime smallint, fiche text, objet text, etat text, niveau text, reponse date, cloture date, suite text,
      jours numeric(7, 2), contact_nom text, contact_fonction text, contact_courriel text, contact_telephone text)
  ),
  -- Those that the same partners and references name already, as far as whoever loads keeps them.
  connues as materialized (
    select t.*
    from (select array_agg(partenaire) as partenaires, array_agg(reference) as noms from recues) cles
    cross join lateral demandes_tenues($1, cles.partenaires, cles.noms) t
  ),
  completes as (
    select r.rang, r.reference, r.date, d.id, d.revision, r.partenaire,
      completer(r.themes, d.themes_gagnes) as themes, completer(r.partenaires, d.partenaires_gagnes) as partenaires,
      r.maille, r.beneficiaire, r.millesime,
      case when d.id is not null and 'fiche' = any ($2) then d.fiche else r.fiche end as fiche,
      case when d.id is not null and 'objet' = any ($2) then d.objet else r.objet end as objet,
      case when d.id is not null and 'niveau' = any ($2) then d.niveau else r.niveau end as niveau,
      case when d.id is not null and 'reponse' = any ($2) then d.reponse else r.reponse end as reponse,
      case when d.id is not null and 'cloture' = any ($2) then d.cloture else r.cloture end as cloture,
      case when d.id is not null and 'suite' = any ($2) then d.suite else r.suite end as suite,
      case when d.id is not null and 'jours' = any ($2) then d.jours else r.jours end as jours,
      case when d.id is not null and '{etat,cloture}' <@ $2 then d.etat else r.etat end as etat,
      r.contact_nom, r.contact_fonction, r.contact_courriel, r.contact_telephone
    from recues r
    left join connues d on d.partenaire = r.partenaire and d.reference = r.reference
  ),
  -- Past its time, a contact is not taken again.
  gardees as (
    select c.*,
      not 'contact' = any ($2) and (
        select (coalesce(c.cloture, c.date) + make_interval(months => s.conservation_mois))::date
        from reseau s where s.code = $1) >= $3 as contact_garde
    from completes c
  ),
  comparees as (
    select c.*, to_jsonb(d) as avant,
      case when d.id is not null then array_remove(array[
        case when d.date <> c.date then 'date' end,
        case when d.themes <> c.themes then 'theme' end,
        case when d.partenaires <> c.partenaires then 'partenaires' end,
        case when (d.maille, d.beneficiaire, d.millesime) <> (c.maille, c.beneficiaire, c.millesime)
          then 'beneficiaire' end,
        case when d.fiche is distinct from c.fiche then 'fiche' end,
        case when d.objet is distinct from c.objet then 'objet' end,
        case when d.etat <> c.etat then 'etat' end,
        case when d.niveau is distinct from c.niveau then 'niveau' end,
        case when d.reponse is distinct from c.reponse then 'reponse' end,
        case when d.cloture is distinct from c.cloture then 'cloture' end,
        case when d.suite is distinct from c.suite then 'suite' end,
        case when d.jours is distinct from c.jours then 'jours' end,
        case when d.origine <> 'tableau' then 'origine' end,
        case when c.contact_garde and (
            select array_agg(array[k.nom, k.fonction, k.courriel, k.telephone] order by k.id)
            from contact k where k.demande = d.id)
          is distinct from case when num_nonnulls(
              c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone) > 0
            then array[array[c.contact_nom, c.contact_fonction, c.contact_courriel, c.contact_telephone]]
          end
          then 'contact' end
      ], null) end as changements
    from gardees c
    left join connues d on d.id = c.id
  )
select rang, id, revision, coalesce(changements, '{}') as changements,
  case when changements <> '{}' then avant end as avant,
  case when id is null or changements <> '{}' then to_jsonb(c) - '{avant,changements}'::text[] end as apres
from comparees c
order by rang
