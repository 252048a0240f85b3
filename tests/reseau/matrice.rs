//! Role × table × operation, from the catalogue of the database and the table of SECURITY.md: a new table that
//! nobody thought of fails here.

use std::collections::BTreeMap;

use maillage::comptes::{Empreinte, Personne, Principal};
use sqlx::AssertSqlSafe;

use crate::complet::{complet, peupler};
use crate::pays::{Pays, pays};

pub const ROLES: [&str; 4] = ["public", "lecteur", "partenaire", "coordinateur"];
/// Rows of people, of which each has their own: `comptes.rs` tests them.
const PERSONNES: [&str; 5] = ["compte", "droit", "session", "jeton", "rappel"];
/// Tables that coordinators write from pages: `coordination.rs` tests who.
pub const TENUES: [&str; 9] = [
    "reseau",
    "partenaire",
    "theme",
    "fiche",
    "partenaire_theme",
    "fiche_theme",
    "fiche_partenaire",
    "declaration",
    "livraison",
];

/// What SECURITY.md says each role reads of each table.
pub fn ecrit() -> BTreeMap<String, Vec<String>> {
    let texte = include_str!("../../SECURITY.md");
    let debut = texte.find("| table | public |").expect("the table of rights");
    let mut lignes = BTreeMap::new();
    for ligne in texte[debut..].lines().skip(2).take_while(|ligne| ligne.starts_with('|')) {
        let cases: Vec<&str> = ligne.trim_matches('|').split('|').map(str::trim).collect();
        for table in cases[0].split(", ") {
            lignes.insert(table.to_owned(), cases[1..].iter().map(|mot| (*mot).into()).collect());
        }
    }
    lignes
}

/// The rows of a réseau that a word stands for, for the partner `caue`.
fn lignes(table: &str, mot: &str) -> String {
    let reseau = match table {
        "reseau" => "t.code = $1",
        "organisme" => "t.code in (select organisme from partenaire where reseau = $1)",
        _ => "t.reseau = $1",
    };
    let de_zone = |condition: &str| format!("t.zone in (select id from zone t where {condition})");
    let de_demande = "'caue' = any (t.partenaires)";
    let condition = match (mot, table) {
        ("all", _) => "true".into(),
        ("public", "zone") => "t.etat = 'validee'".into(),
        ("own", "zone") => "(t.etat = 'validee' or t.partenaire = 'caue')".into(),
        ("own", "zone_commentaire") => de_zone("t.partenaire = 'caue'"),
        ("public", nom) if nom.starts_with("zone_") => de_zone("t.etat = 'validee'"),
        ("own", nom) if nom.starts_with("zone_") => {
            de_zone("t.etat = 'validee' or t.partenaire = 'caue'")
        }
        ("public", "demande" | "demande_suivie") => {
            "t.id in (select id from demande where comptee)".into()
        }
        ("own", "demande") => format!("(t.comptee or {de_demande})"),
        ("own", "demande_suivie") => de_demande.into(),
        ("own", "contact") => {
            format!("t.demande in (select t.id from demande t where {de_demande})")
        }
        ("own", "correspondance" | "livraison") => "t.partenaire = 'caue'".into(),
        _ => "false".into(),
    };
    format!("select count(*) from {table} t where {reseau} and {condition}")
}

/// A principal with one right, by a session.
pub async fn session(pays: &Pays, courriel: &str, droits: &[&str]) -> Principal {
    let jeton = pays.jeton(courriel, droits).await;
    let empreinte = Empreinte::de(&jeton);
    sqlx::query(
        "insert into session (compte, empreinte, expire_le)
         select compte, $1, now() + interval '1 hour' from jeton where empreinte = $1",
    )
    .bind(empreinte.octets())
    .execute(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    Principal::Session(
        Personne {
            compte: 0,
            courriel: courriel.into(),
            nom: String::new(),
            administrateur: false,
            empreinte,
        }
        .into(),
    )
}

async fn compter(pays: &Pays, principal: &Principal, question: &str, reseau: &str) -> i64 {
    let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(question.to_owned()))
        .bind(reseau)
        .fetch_one(&mut *transaction)
        .await
        .unwrap_or_else(|erreur| panic!("{question} : {erreur}"))
}

/// The operations that the service is granted on a table, or on some of its columns.
async fn octrois(proprietaire: &mut sqlx::PgConnection, table: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select distinct lower(privilege_type) from (
           select privilege_type::text, table_name::text from information_schema.column_privileges
           where grantee = 'maillage_service'
           union all
           select privilege_type::text, table_name::text from information_schema.role_table_grants
           where grantee = 'maillage_service') o
         where table_name = $1 and privilege_type <> 'SELECT'",
    )
    .bind(table)
    .fetch_all(proprietaire)
    .await
    .unwrap()
}

#[tokio::test]
async fn each_role_reads_what_is_written() {
    let pays = pays().await;
    peupler(&pays, "ouvert").await;
    let mut ferme = complet("ferme");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    pays.charger(&ferme).await;
    let [lecteur, partenaire, coordinateur] = [
        ("lecteur", "ouvert:lecteur"),
        ("caue", "ouvert:partenaire:caue"),
        ("coord", "ouvert:coordinateur"),
    ]
    .map(|(nom, droit)| (format!("{nom}@ouvert.example"), droit));
    let mut principaux = vec![Principal::Public];
    for (courriel, droit) in [lecteur, partenaire, coordinateur] {
        principaux.push(session(&pays, &courriel, &[droit]).await);
    }
    let ailleurs = session(&pays, "coord@ferme.example", &["ferme:coordinateur"]).await;

    let ecrit = ecrit();
    let mut proprietaire = pays.base.connexion().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and (c.relname = 'demande_suivie'
           or c.relkind = 'r' and (c.relrowsecurity or exists (
             select from pg_attribute a where a.attrelid = c.oid and a.attname in ('reseau', 'compte'))))
         order by 1",
    )
    .fetch_all(&mut proprietaire)
    .await
    .unwrap();
    let mut fautes = Vec::new();
    for table in tables.iter().filter(|table| !PERSONNES.contains(&table.as_str())) {
        let Some(mots) = ecrit.get(table) else {
            fautes.push(format!("SECURITY.md ne dit rien de {table}"));
            continue;
        };
        for (principal, (role, mot)) in principaux.iter().zip(ROLES.iter().zip(mots)) {
            if mot == "—" {
                let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
                let vue =
                    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")));
                let vues: i64 = vue.fetch_one(&mut *transaction).await.unwrap_or(0);
                if vues != 0 {
                    fautes.push(format!("{role} lit {vues} lignes de {table}"));
                }
                continue;
            }
            // What the owner finds by the word, and what the role finds without saying anything.
            // A view shows the owner nothing: it is that of whoever asks.
            let attendue = lignes(table, mot).replace("from demande_suivie", "from demande");
            let attendues: i64 = sqlx::query_scalar(AssertSqlSafe(attendue))
                .bind("ouvert")
                .fetch_one(&mut proprietaire)
                .await
                .unwrap();
            let lues = compter(&pays, principal, &lignes(table, "all"), "ouvert").await;
            if lues != attendues {
                fautes.push(format!("{role} lit {lues} lignes de {table}, et non {attendues}"));
            }
            if table != "organisme" {
                let fermees = compter(&pays, principal, &lignes(table, "all"), "ferme").await;
                if fermees != 0 {
                    fautes
                        .push(format!("{role} lit {fermees} lignes de {table} d'un réseau fermé"));
                }
            }
        }
        // A coordinateur elsewhere is the public here, and reads their own.
        if mots[0] == "all" {
            let lues = compter(&pays, &ailleurs, &lignes(table, "all"), "ferme").await;
            let attendues: i64 = sqlx::query_scalar(AssertSqlSafe(lignes(table, "all")))
                .bind("ferme")
                .fetch_one(&mut proprietaire)
                .await
                .unwrap();
            if lues != attendues {
                fautes.push(format!(
                    "son coordinateur lit {lues} lignes de {table}, et non {attendues}"
                ));
            }
        }
        if table == "demande_suivie" || TENUES.contains(&table.as_str()) {
            continue;
        }
        // What may be written at all, `ecritures.rs` tries.
        let octroyees = octrois(&mut proprietaire, table).await;
        for (operation, ordre) in [
            ("insert", format!("insert into {table} default values")),
            ("delete", format!("delete from {table}")),
            ("truncate", format!("truncate {table}")),
        ] {
            if octroyees.iter().any(|octroyee| octroyee == operation) {
                continue;
            }
            for (principal, role) in principaux.iter().zip(ROLES) {
                let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
                let fait =
                    sqlx::query(AssertSqlSafe(ordre.clone())).execute(&mut *transaction).await;
                let code = fait
                    .err()
                    .and_then(|erreur| Some(erreur.into_database_error()?.code()?.into_owned()));
                if code.as_deref() != Some("42501") {
                    fautes.push(format!("{role} : {ordre} : {code:?}"));
                }
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[tokio::test]
async fn what_is_private_of_a_demande_is_read_by_those_who_keep_it() {
    let pays = pays().await;
    let code = "prives";
    let dossier = complet(code);
    pays.charger(&dossier).await;
    let objets = |principal| {
        let pays = pays.clone();
        async move {
            let question = "select count(objet) from demande_suivie where reseau = $1";
            compter(&pays, &principal, question, code).await
        }
    };
    let etats = |principal| {
        let pays = pays.clone();
        async move {
            let question = "select count(etat) from demande_suivie where reseau = $1";
            compter(&pays, &principal, question, code).await
        }
    };
    let adil = session(&pays, "adil@prives.example", &["prives:partenaire:adil"]).await;
    let caue = session(&pays, "caue@prives.example", &["prives:partenaire:caue"]).await;
    // D2 is also adil's; D1 of the caue is a draft, and has an object; D1 of the sde has none.
    assert_eq!((objets(adil.clone()).await, etats(adil.clone()).await), (1, 1));
    assert_eq!((objets(caue.clone()).await, etats(caue).await), (2, 2));
    assert_eq!((objets(Principal::Public).await, etats(Principal::Public).await), (0, 0));
    let mut se_voient = dossier;
    se_voient.declaration = format!("partenaires_se_voient = true\n{}", se_voient.declaration);
    pays.charger(&se_voient).await;
    assert_eq!((objets(adil.clone()).await, etats(adil).await), (1, 2));
    // Reading a column that is not granted is an error, whoever asks.
    let mut transaction = Principal::Public.transaction(&pays.base.piscine()).await.unwrap();
    for colonne in ["objet", "suite", "reference", "etat", "jours"] {
        let mut point = sqlx::Acquire::begin(&mut transaction).await.unwrap();
        let question = AssertSqlSafe(format!("select {colonne} from demande limit 1"));
        assert!(sqlx::query(question).execute(&mut *point).await.is_err(), "{colonne}");
    }
}
