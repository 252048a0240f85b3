//! Role × table × write, from the catalogue of the database and the second table of SECURITY.md: a grant that nobody
//! wrote there fails here, and each line of it is tried as each role.

use std::collections::BTreeMap;

use maillage::comptes::Principal;
use sqlx::Executor;

use crate::complet::{complet, peupler_de};
use crate::matrice::{ROLES, session};
use crate::pays::{Pays, pays};

/// What SECURITY.md says of a write: its columns, in order, and a word for each role.
#[derive(Debug, PartialEq)]
pub struct Ligne {
    colonnes: Vec<String>,
    pub mots: Vec<String>,
}

/// By table and operation.
pub fn ecrit() -> BTreeMap<(String, String), Ligne> {
    let texte = include_str!("../../SECURITY.md");
    let debut = texte.find("| written | columns |").expect("the table of writes");
    let mut lignes = BTreeMap::new();
    for ligne in texte[debut..].lines().skip(2).take_while(|ligne| ligne.starts_with('|')) {
        let cases: Vec<&str> = ligne.trim_matches('|').split('|').map(str::trim).collect();
        let (table, operation) = cases[0].split_once(": ").expect("table: operation");
        let mut colonnes: Vec<String> =
            cases[1].split(", ").filter(|mot| !mot.is_empty()).map(str::to_owned).collect();
        colonnes.sort();
        let mots = cases[2..].iter().map(|mot| (*mot).to_owned()).collect();
        lignes.insert((table.to_owned(), operation.to_owned()), Ligne { colonnes, mots });
    }
    lignes
}

#[tokio::test]
async fn the_service_is_granted_what_is_written_and_nothing_else() {
    let pays = pays().await;
    let mut connexion = pays.base.connexion().await.unwrap();
    // Columns of each grant; a grant on the whole table is one on all of its columns, but for delete.
    let octrois: Vec<(String, String, Vec<String>)> = sqlx::query_as(
        "select c.relname::text, o.operation,
           array(
             select a.attname::text from pg_attribute a
             where o.operation <> 'delete' and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and has_column_privilege('maillage_service', c.oid, a.attnum, o.operation)
             order by a.attname::text collate \"C\")
         from pg_class c
         cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as o (operation)
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p', 'm', 'f')
           and case
             when o.operation in ('insert', 'update', 'references')
               then has_any_column_privilege('maillage_service', c.oid, o.operation)
             else has_table_privilege('maillage_service', c.oid, o.operation)
           end
         order by 1, 2",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let octrois: BTreeMap<_, _> = octrois
        .into_iter()
        .map(|(table, operation, colonnes)| ((table, operation), colonnes))
        .collect();
    let ecrits: BTreeMap<_, _> =
        ecrit().into_iter().map(|(quoi, ligne)| (quoi, ligne.colonnes)).collect();
    assert_eq!(octrois, ecrits);
    // Each write has a policy, or else nobody could make it.
    for (table, operation) in octrois.keys() {
        let regles: i64 = sqlx::query_scalar(
            "select count(*) from pg_policies
             where tablename = $1 and lower(cmd) = $2 and 'maillage_service' = any (roles)",
        )
        .bind(table)
        .bind(operation)
        .fetch_one(&mut connexion)
        .await
        .unwrap();
        assert_eq!(regles, 1, "{operation} {table}");
    }
    // Functions that write as the owner are for the service alone, and keep to their schema.
    let ouvertes: Vec<String> = sqlx::query_scalar(
        "select p.oid::regprocedure::text from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.proowner = current_user::regrole
           and (p.proconfig is null or not p.proconfig::text like '%search_path%'
             or p.provolatile = 'v' and has_function_privilege('maillage_lecture', p.oid, 'execute'))",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    assert_eq!(ouvertes, Vec::<String>::new());
}

#[tokio::test]
async fn each_write_that_the_service_may_make_leaves_a_line_in_the_journal() {
    let pays = pays().await;
    // Operations that are granted, on a table or on columns of it, and no trigger that writes the journal. A trigger that
    // says which rows says it of a principal alone, or of each row.
    let muettes: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, o.operation
         from pg_class c
         cross join (values ('insert', 4), ('delete', 8), ('update', 16)) as o (operation, bit)
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
           and case o.operation
             when 'delete' then has_table_privilege('maillage_service', c.oid, 'delete')
             else has_any_column_privilege('maillage_service', c.oid, o.operation)
           end
           and not exists (
             select from pg_trigger t
             join pg_proc p on p.oid = t.tgfoid
             where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled = 'O' and t.tgtype & o.bit <> 0
               and p.proname in ('journaliser', 'journaliser_en_nombre'))
         order by 1, 2",
    )
    .fetch_all(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    // Each exception would be named here, with its reason: there is none.
    let exceptions: [(String, String); 0] = [];
    assert_eq!(muettes, exceptions);
    // Tables that functions of the owner write on behalf of somebody, which are not the service's to write.
    let tenues: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity
           and not exists (
             select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
             where t.tgrelid = c.oid and p.proname in ('journaliser', 'journaliser_en_nombre'))
         order by 1",
    )
    .fetch_all(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let attendues = [
        ("adresse_connue", "where one signs in from: kept thirty days, told to nobody"),
        ("beneficiaire", "of the folder alone"),
        ("bilan_declare", "of the folder alone"),
        ("correspondance", "how the columns of a table are read"),
        ("demande_particuliere", "counts of a table, whose load is in `livraison`"),
        ("perimetre", "of the folder alone"),
        ("perimetre_actuel", "derived"),
        ("publication", "derived"),
        ("publication_a_refaire", "derived"),
        ("regroupement", "of the folder alone"),
        ("regroupement_actuel", "derived"),
        ("regroupement_commune", "of the folder alone"),
        ("reseau_etape", "of the folder alone"),
        ("reseau_millesime", "of the folder alone"),
        ("succession", "derived"),
        ("suivi", "hashes of links, kept as long as the contact"),
        ("synonyme", "of the folder alone"),
        ("tentative", "sign-ins that fail: kept one day"),
        ("zone_commune", "derived"),
        ("zone_contour", "derived"),
        ("zone_non_reportee", "derived"),
    ]
    .map(|(table, _raison)| table.to_owned());
    let oubliees: Vec<_> = tenues.iter().filter(|table| !attendues.contains(table)).collect();
    assert_eq!(oubliees, ["journal"]);
}

/// A write as SQL, for a partner of a réseau, after what it needs: the rows that it touches say whose they are.
fn ordres(table: &str, operation: &str) -> Option<Vec<&'static str>> {
    const ZONE: &str = "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
        values ($1, 'nouvelle-' || $2, 1, $2, '2026-01-01', 'proposee', 'proposition') returning partenaire";
    let ordre = match (table, operation) {
        ("zone", "insert") => ZONE,
        ("zone", "update") => {
            "update zone set etat = 'refusee', motif = 'Non.', decidee_le = now()
             where reseau = $1 and partenaire = $2 and etat = 'proposee' returning partenaire"
        }
        ("zone", "delete") => {
            "delete from zone where reseau = $1 and partenaire = $2 and etat = 'proposee' returning partenaire"
        }
        // Only with the zone, in its transaction.
        ("zone_unite", "insert") => {
            return Some(vec![
                ZONE,
                "insert into zone_unite (reseau, zone, maille, code, exclue)
                 select z.reseau, z.id, 'commune', '26009', false
                 from zone z where z.reseau = $1 and z.code = 'nouvelle-' || $2 returning $2::text",
            ]);
        }
        ("zone_commentaire", "insert") => {
            return Some(vec![
                ZONE,
                "insert into zone_commentaire (zone, reseau, texte)
                 select z.id, z.reseau, 'Mot au coordinateur'
                 from zone z where z.reseau = $1 and z.code = 'nouvelle-' || $2 returning $2::text",
            ]);
        }
        ("demande", "insert") => {
            "insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat, origine)
             values ($1, 'N1', '2026-01-01', '{batiments}', array[$2, 'adil'], 'commune', '26001', 2026, 'en_cours', 'saisie')
             returning partenaire"
        }
        ("demande", "update") => {
            "update demande set etat = 'test' where reseau = $1 and partenaire = $2 returning partenaire"
        }
        ("contact", "insert") => {
            "with k as (
               insert into contact (reseau, demande, nom, recueilli_le)
               select d.reseau, d.id, 'Neuve', current_date from demande d
               where d.reseau = $1 and d.partenaire = $2 returning demande)
             select d.partenaire from k join demande d on d.id = k.demande"
        }
        ("contact", "update") => {
            "with k as (
               update contact c set fonction = 'Maire' from demande d
               where d.id = c.demande and d.reseau = $1 and d.partenaire = $2 returning c.demande)
             select d.partenaire from k join demande d on d.id = k.demande"
        }
        ("contact", "delete") => {
            "with k as (
               delete from contact c using demande d
               where d.id = c.demande and d.reseau = $1 and d.partenaire = $2 returning c.demande)
             select d.partenaire from k join demande d on d.id = k.demande"
        }
        ("livraison", "insert") => {
            "insert into livraison (reseau, partenaire) values ($1, $2) returning partenaire"
        }
        ("demande_particuliere", "insert") => {
            "insert into demande_particuliere (reseau, partenaire, empreinte, annee, origine)
             values ($1, $2, 'x', 2026, 'tableau') returning partenaire"
        }
        ("demande_particuliere", "update") => {
            return Some(vec![
                "insert into demande_particuliere (reseau, partenaire, empreinte, annee, origine)
                 values ($1, $2, 'y', 2026, 'tableau') returning partenaire",
                "update demande_particuliere set theme = null, annee = 2025
                 where reseau = $1 and partenaire = $2 returning partenaire",
            ]);
        }
        ("correspondance", "insert") => {
            "insert into correspondance (reseau, partenaire, colonnes) values ($1, $2, '{}')
             on conflict (reseau, partenaire) do update set colonnes = excluded.colonnes returning partenaire"
        }
        ("correspondance", "update") => {
            return Some(vec![
                "insert into correspondance (reseau, partenaire, colonnes) values ($1, $2, '{}')
                 on conflict (reseau, partenaire) do update set colonnes = excluded.colonnes returning partenaire",
                "update correspondance set colonnes = '{\"a\": \"date\"}'
                 where reseau = $1 and partenaire = $2 returning partenaire",
            ]);
        }
        _ => return ordres_de_coordination(table, operation),
    };
    Some(vec![ordre])
}

/// What coordinators write of a réseau: what is deleted was made in the same transaction, since what is named stays.
fn ordres_de_coordination(table: &str, operation: &str) -> Option<Vec<&'static str>> {
    const ORGANISME: &str = "select $2::text from inscrire_organisme($1, 'neuf-' || $2, null, 'Organisme neuf', null, null)";
    const PARTENAIRE: &str = "insert into partenaire (reseau, code, organisme, rang, origine)
        values ($1, 'neuf-' || $2, $1 || '/neuf-' || $2, 99, 'page') returning $2::text";
    const THEME: &str = "insert into theme (reseau, code, libelle, rang, origine)
        values ($1, 'neuf-' || $2, 'Thème neuf de ' || $2, 99, 'page') returning $2::text";
    const FICHE: &str = "insert into fiche (reseau, code, titre, rang, origine)
        values ($1, 'neuve-' || $2, 'Fiche neuve', 99, 'page') returning $2::text";
    const SUR_UN_THEME: &str = "insert into partenaire_theme (reseau, partenaire, theme)
        values ($1, $2, 'neuf-' || $2) returning partenaire";
    const DU_THEME: &str = "insert into fiche_theme (reseau, fiche, theme)
        values ($1, 'neuve-' || $2, 'neuf-' || $2) returning $2::text";
    const DU_PARTENAIRE: &str = "insert into fiche_partenaire (reseau, fiche, partenaire)
        values ($1, 'neuve-' || $2, $2) returning partenaire";
    const DECLARATION: &str = "insert into declaration (reseau, partenaire, theme, date)
        values ($1, $2, 'neuf-' || $2, '2026-01-01') returning partenaire";
    const TEXTE: &str = "insert into rapport_texte (reseau, code, contenu, origine)
        values ($1, 'programme.md', 'x', 'page')
        on conflict (reseau, code) do update set contenu = excluded.contenu, origine = excluded.origine returning $2::text";
    Some(match (table, operation) {
        ("rapport_texte", "insert") => vec![TEXTE],
        ("rapport_texte", "update") => vec![
            TEXTE,
            "update rapport_texte set contenu = 'y', origine = 'page' where reseau = $1 returning $2::text",
        ],
        ("rapport_texte", "delete") => {
            vec![TEXTE, "delete from rapport_texte where reseau = $1 returning $2::text"]
        }
        ("rapport_publie", "insert") => vec![
            "insert into rapport_publie (reseau, annee, version, note, edition, donnees, textes, cartes, pdf, empreinte)
             values ($1, 1999, 1, null, '2000-01-01', '{}', '{}', '{}', 'x', sha256('x')) returning $2::text",
        ],
        ("reseau", "update") => {
            vec![
                "update reseau set presentation = 'x', origine = 'page' where code = $1 returning $2::text",
            ]
        }
        ("partenaire", "insert") => vec![ORGANISME, PARTENAIRE],
        ("partenaire", "update") => vec![
            "update partenaire set description = 'x', origine = 'page' where reseau = $1 and code = $2 returning code",
        ],
        ("partenaire", "delete") => vec![
            ORGANISME,
            PARTENAIRE,
            "delete from partenaire where reseau = $1 and code = 'neuf-' || $2 returning $2::text",
        ],
        ("theme", "insert") => vec![THEME],
        ("theme", "update") => vec![
            THEME,
            "update theme set libelle = 'x' where reseau = $1 and code = 'neuf-' || $2 returning $2::text",
        ],
        ("theme", "delete") => vec![
            THEME,
            "delete from theme where reseau = $1 and code = 'neuf-' || $2 returning $2::text",
        ],
        ("fiche", "insert") => vec![FICHE],
        ("fiche", "update") => vec![
            FICHE,
            "update fiche set titre = 'x' where reseau = $1 and code = 'neuve-' || $2 returning $2::text",
        ],
        ("fiche", "delete") => vec![
            FICHE,
            "delete from fiche where reseau = $1 and code = 'neuve-' || $2 returning $2::text",
        ],
        ("partenaire_theme", "insert") => vec![THEME, SUR_UN_THEME],
        ("partenaire_theme", "delete") => vec![
            THEME,
            SUR_UN_THEME,
            "delete from partenaire_theme where reseau = $1 and theme = 'neuf-' || $2 returning partenaire",
        ],
        ("fiche_theme", "insert") => vec![THEME, FICHE, DU_THEME],
        ("fiche_theme", "delete") => vec![
            THEME,
            FICHE,
            DU_THEME,
            "delete from fiche_theme where reseau = $1 and theme = 'neuf-' || $2 returning $2::text",
        ],
        ("fiche_partenaire", "insert") => vec![FICHE, DU_PARTENAIRE],
        ("fiche_partenaire", "update") => vec![
            FICHE,
            DU_PARTENAIRE,
            "update fiche_partenaire set conditions = 'x'
             where reseau = $1 and fiche = 'neuve-' || $2 returning partenaire",
        ],
        ("fiche_partenaire", "delete") => vec![
            FICHE,
            DU_PARTENAIRE,
            "delete from fiche_partenaire where reseau = $1 and fiche = 'neuve-' || $2 returning partenaire",
        ],
        ("declaration", "insert") => vec![THEME, DECLARATION],
        ("declaration", "update") => vec![
            THEME,
            DECLARATION,
            "update declaration set date = '2026-02-01'
             where reseau = $1 and theme = 'neuf-' || $2 returning partenaire",
        ],
        ("declaration", "delete") => vec![
            THEME,
            DECLARATION,
            "delete from declaration where reseau = $1 and theme = 'neuf-' || $2 returning partenaire",
        ],
        _ => return None,
    })
}

/// How many rows a write touched; none when a policy refused it.
async fn touchees(
    pays: &Pays,
    qui: &Principal,
    ordres: &[&'static str],
    reseau: &str,
    partenaire: &str,
) -> usize {
    let mut transaction = qui.transaction(&pays.base.piscine()).await.unwrap();
    let mut nombre = 0;
    for ordre in ordres {
        let touchees: Result<Vec<String>, _> = sqlx::query_scalar(*ordre)
            .bind(reseau)
            .bind(partenaire)
            .fetch_all(&mut *transaction)
            .await;
        nombre = match touchees {
            Ok(lignes) => {
                assert!(lignes.iter().all(|ligne| ligne == partenaire), "{ordre} : {lignes:?}");
                lignes.len()
            }
            Err(sqlx::Error::Database(erreur)) if erreur.code().as_deref() == Some("42501") => {
                return 0;
            }
            Err(erreur) => panic!("{ordre} : {erreur}"),
        };
    }
    nombre
}

#[tokio::test]
async fn each_role_writes_what_is_written_for_its_own_and_in_its_reseau() {
    let pays = pays().await;
    for reseau in ["ecritures", "ecritures-ailleurs"] {
        let mut dossier = complet(reseau).avec(
            "demandes.csv",
            "S9,2018-03-01,sde,,eclairage,,commune,26001,2019,Du syndicat,en_cours,,,,,,\n",
        );
        dossier.declaration =
            format!("public = {}\n{}", reseau == "ecritures", dossier.declaration);
        peupler_de(&pays, dossier, reseau).await;
        let mut connexion = pays.base.connexion().await.unwrap();
        for ordre in [
            "insert into contact (reseau, demande, nom, recueilli_le)
             select reseau, id, 'Du syndicat', current_date from demande where reseau = $1 and reference = 'S9'",
            "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
             values ($1, 'du-sde', 1, 'sde', '2026-01-01', 'proposee', 'proposition')",
        ] {
            sqlx::query(ordre).bind(reseau).execute(&mut connexion).await.unwrap();
        }
    }
    let mut principaux = vec![Principal::Public];
    for (courriel, droit) in [
        ("lecteur@ecritures.example", "ecritures:lecteur"),
        ("caue@ecritures.example", "ecritures:partenaire:caue"),
        ("coord@ecritures.example", "ecritures:coordinateur"),
    ] {
        principaux.push(session(&pays, courriel, &[droit]).await);
    }
    let mut fautes = Vec::new();
    let mut essayees = 0;
    for ((table, operation), ligne) in ecrit() {
        let Some(ordres) = ordres(&table, &operation) else {
            // Of people: `comptes.rs` and `coordination.rs` try them.
            assert!(
                ["droit", "session", "jeton", "rappel"].contains(&table.as_str()),
                "{table}: {operation} is not tried"
            );
            continue;
        };
        for ((qui, role), mot) in principaux.iter().zip(ROLES).zip(&ligne.mots) {
            for (reseau, partenaire, permis) in [
                ("ecritures", "caue", mot != "—"),
                ("ecritures", "sde", mot == "all"),
                ("ecritures-ailleurs", "caue", false),
                ("ecritures-ailleurs", "sde", false),
            ] {
                essayees += 1;
                let lignes = touchees(&pays, qui, &ordres, reseau, partenaire).await;
                if (lignes > 0) != permis {
                    fautes.push(format!(
                        "{role} : {table}: {operation}, pour {reseau}/{partenaire} : {lignes} lignes, et non {permis}"
                    ));
                }
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    assert!(essayees >= 8 * 16, "{essayees}");
}

/// What the policies hold beyond whose a row is.
#[tokio::test]
async fn no_statement_of_the_service_makes_a_row_that_a_decision_alone_makes() {
    let pays = pays().await;
    peupler_de(&pays, complet("limites"), "limites").await;
    let caue = session(&pays, "caue@limites.example", &["limites:partenaire:caue"]).await;
    let coordinateur = session(&pays, "coord@limites.example", &["limites:coordinateur"]).await;
    for (qui, ordre) in [
        // A zone that nobody validated, a version that is not the next, the code of another.
        (&caue, "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
            values ('limites', 'n', 1, 'caue', '2026-01-01', 'validee', 'proposition')"),
        (&caue, "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
            values ('limites', 'n', 1, 'caue', '2026-01-01', 'proposee', 'dossier')"),
        (&caue, "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
            values ('limites', 'refus', 9, 'caue', '2026-01-01', 'proposee', 'proposition')"),
        (&caue, "insert into zone (reseau, code, version, partenaire, debut, etat, origine)
            values ('limites', 'z', 2, 'caue', '2026-01-01', 'proposee', 'proposition')"),
        // Units of what was proposed before; columns that are nobody's; what is derived.
        (&caue, "insert into zone_unite (reseau, zone, maille, code)
            select reseau, id, 'commune', '26009' from zone where reseau = 'limites' and partenaire = 'caue'"),
        (&caue, "insert into zone_commentaire (zone, reseau, texte)
            select id, reseau, 'Après coup' from zone where reseau = 'limites' and code = 'z'"),
        (&caue, "update zone set surface = null where reseau = 'limites'"),
        (&caue, "update zone set revision = 1 where reseau = 'limites'"),
        (&coordinateur, "update zone set partenaire = 'sde' where reseau = 'limites'"),
        (&coordinateur, "update zone set etat = 'proposee' where reseau = 'limites' and etat = 'validee'"),
        (&coordinateur, "update zone_commune set couverte = false"),
        (&coordinateur, "insert into zone_commune (reseau, zone, millesime, commune, part, origine, couverte, dans_perimetre)
            select reseau, id, 2026, '26001', 1, 'commune', true, true from zone limit 1"),
        (&coordinateur, "update publication set demandes = 0"),
        // A demande given to another, taken, or said to come from elsewhere.
        (&caue, "update demande set partenaires = '{sde,caue}' where reseau = 'limites' and partenaire = 'caue'"),
        (&caue, "insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat, origine)
            values ('limites', 'N', '2026-01-01', '{batiments}', '{sde,caue}', 'commune', '26001', 2026, 'en_cours', 'saisie')"),
        (&caue, "insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat, origine)
            values ('limites', 'N', '2026-01-01', '{batiments}', '{caue}', 'commune', '26001', 2026, 'en_cours', 'dossier')"),
        (&coordinateur, "update demande set fusionnee = null"),
        (&coordinateur, "update demande set reseau = 'ouvert'"),
        (&coordinateur, "delete from demande"),
        (&coordinateur, "insert into droit (compte, reseau, role) select compte, 'limites', 'coordinateur' from acces()"),
        (&coordinateur, "update journal set auteur = 'x'"),
        (&coordinateur, "delete from journal"),
        (&coordinateur, "select oublier('coord@limites.example')"),
        (&coordinateur, "select publier_les_demandes()"),
        (&coordinateur, "set role postgres"),
        (&coordinateur, "create temporary table t (a integer)"),
    ] {
        let mut transaction = qui.transaction(&pays.base.piscine()).await.unwrap();
        let fait = transaction.execute(ordre).await;
        assert!(fait.is_err(), "{ordre} : {fait:?}");
    }
    // What they would do silently touches nothing.
    for (qui, ordre) in [
        (&caue, "update zone set etat = 'validee' where reseau = 'limites' and etat = 'proposee'"),
        (&caue, "delete from zone where reseau = 'limites' and etat <> 'proposee'"),
        (
            &coordinateur,
            "update zone set motif = 'x' where reseau = 'limites' and etat in ('refusee', 'expiree')",
        ),
        (&caue, "update demande set objet = 'x' where reseau = 'limites' and partenaire <> 'caue'"),
    ] {
        let mut transaction = qui.transaction(&pays.base.piscine()).await.unwrap();
        assert_eq!(transaction.execute(ordre).await.unwrap().rows_affected(), 0, "{ordre}");
    }
    // The functions that derive do nothing for a row that the transaction has not written.
    let mut transaction = coordinateur.transaction(&pays.base.piscine()).await.unwrap();
    let compter = "select count(*) from zone_commune where reseau = 'limites'";
    let avant: i64 = sqlx::query_scalar(compter).fetch_one(&mut *transaction).await.unwrap();
    transaction
        .execute("select rattacher_zone(id, 2) from zone where reseau = 'limites'")
        .await
        .unwrap();
    let apres: i64 = sqlx::query_scalar(compter).fetch_one(&mut *transaction).await.unwrap();
    assert!(avant > 0 && avant == apres, "{avant} {apres}");
}
