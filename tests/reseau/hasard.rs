//! Addresses, headers and words that nobody would write on purpose, or that somebody would to do harm: none makes
//! the service fail, and each refusal is a sentence.

use std::cell::RefCell;
use std::collections::BTreeSet;

use axum::http::Method;
use maillage::comptes::registre::Droit;
use maillage::partenaires::zones::{Etat, Reference};
use maillage::territoires::{Maille, Millesime, Unite};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::complet::peupler;
use crate::service::{Essai, PASSE};

/// Requests tried in a run.
const ESSAIS: u32 = 4_000;

/// A value of a parameter, of a path or of a header.
fn mot() -> impl Strategy<Value = String> {
    prop_oneof![
        // What is right, so that what is beside it is reached.
        4 => prop::sample::select(vec![
            "commune", "epci", "departement", "regroupement", "26001", "200040459", "departement:26",
            "commune:26001", "regroupement:hasard/scot-a", "2019", "2018-03-01", "eau", "caue", "hasard", "toit",
            "validee", "proposee", "population", "jenks:5", "8", "131", "92", "zones", "communes,epci", "4.8",
            "communes", "demandes", "couverture", "zones.csv", "communes.gpkg", "demandes.xlsx", "population-epci",
            "population > 3 AND nom LIKE 'C%'", "S_INTERSECTS(geometrie, POINT(5 44))", "html", "cql2-json",
            "{\"op\":\"=\",\"args\":[{\"property\":\"nom\"},\"a\"]}", "4,44,5,45", "EPSG:2154", "-nom,code", "nom",
        ])
        .prop_map(str::to_owned),
        // What would mean something to the database, to a shell, to a file system, to a browser.
        3 => prop::sample::select(vec![
            "' or '1'='1", "'; drop table demande; --", "$$; set role postgres; $$", "1); set role postgres; --",
            "\"public\".compte", "%", "\\", "\\x00", "../../etc/passwd", "/vsicurl/http://127.0.0.1/x",
            "{{7*7}}", "${jndi:x}", "<script>alert(1)</script>", "\r\nset-cookie: a=b", "null", "NaN", "Infinity",
            "-1", "1e400", "99999999999999999999", "0x10", "2026-02-30", "+262000-01-01", "-infinity", "\u{202e}",
            "POLYGON((0 0,1 1))", "S_WITHIN(geometrie, POLYGON((0 0,1 1,0 1,1 0,0 0)))", "((((((((1))", "1/0 > 1",
            "NOT NOT true", "nom = nom = nom", "{\"op\":\"in\",\"args\":[]}", "BBOX(1,2)", "1e308,0,1e309,1",
            "epci:", ":26", "commune:2A004:", "regroupement:/", "jenks:0", "jenks:99999999", "equal:-3", "é",
        ])
        .prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => "[0-9.:,/-]{0,30}",
        1 => Just("a".repeat(3_000)),
    ]
}

fn encoder(texte: &str) -> String {
    texte.bytes().map(|octet| format!("%{octet:02X}")).collect()
}

/// A path with its variables filled.
fn remplir(chemin: &str, mots: Vec<String>) -> String {
    let mut mots = mots.into_iter();
    let segments: Vec<String> = chemin
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => encoder(&mots.next().unwrap_or_default()),
            false => segment.to_owned(),
        })
        .collect();
    segments.join("/")
}

/// A request to one of the paths: the path, with its variables filled, its question and its headers.
fn requete(chemins: Vec<String>) -> impl Strategy<Value = (String, Vec<(&'static str, String)>)> {
    let noms = vec![
        "reseau",
        "maille",
        "dans",
        "theme",
        "partenaire",
        "annee",
        "du",
        "au",
        "millesime",
        "q",
        "lon",
        "lat",
        "territoire",
        "limite",
        "periode",
        "classes",
        "cle",
        "etat",
        "version",
        "niveau",
        "de",
        "vers",
        "v",
        "role",
        "maillage.principal",
        "filter",
        "filter-lang",
        "filter-crs",
        "bbox",
        "bbox-crs",
        "crs",
        "datetime",
        "sortby",
        "properties",
        "limit",
        "offset",
        "apres",
        "f",
        "fields",
        "format",
        "geometry",
        "nom",
        "codePostal",
        "suite",
    ];
    let questions = prop::collection::vec((prop::sample::select(noms), mot()), 0..4);
    let entetes = prop::collection::vec(
        (
            prop::sample::select(vec![
                "authorization",
                "cookie",
                "accept-encoding",
                "if-none-match",
                "origin",
            ]),
            prop_oneof![
                mot(),
                mot().prop_map(|mot| format!("Bearer {mot}")),
                mot().prop_map(|mot| format!("Basic {mot}")),
                mot().prop_map(|mot| format!("__Host-maillage={mot}")),
            ],
        ),
        0..2,
    );
    let chemin = (prop::sample::select(chemins), prop::collection::vec(mot(), 5));
    (chemin, questions, entetes).prop_map(|((chemin, mots), questions, entetes)| {
        let questions: Vec<String> =
            questions.iter().map(|(nom, mot)| format!("{nom}={}", encoder(mot))).collect();
        let entetes = entetes
            .into_iter()
            .filter(|(_, valeur)| axum::http::HeaderValue::from_str(valeur).is_ok())
            .collect();
        (format!("{}?{}", remplir(&chemin, mots), questions.join("&")), entetes)
    })
}

#[test]
fn no_address_makes_the_service_fail_and_each_refusal_is_a_sentence() {
    let execution = tokio::runtime::Runtime::new().unwrap();
    let essai = execution.block_on(Essai::nouveau());
    execution.block_on(peupler(&essai.pays, "hasard"));
    let document = execution.block_on(essai.lire("/api/openapi.json", &[])).json();
    let mut chemins: Vec<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    chemins.extend(
        [
            "/connexion",
            "/espace",
            "/lien/{secret}",
            "/connexion/retour",
            "/styles/{style}",
            "/polices/{a}/{b}",
            "/{x}",
        ]
        .map(str::to_owned),
    );
    let trouvees = RefCell::new(BTreeSet::new());
    let config = Config { cases: ESSAIS, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&requete(chemins), |(adresse, entetes)| {
            let entetes: Vec<(&str, &str)> =
                entetes.iter().map(|(nom, valeur)| (*nom, valeur.as_str())).collect();
            let recue = execution.block_on(essai.demander(Method::GET, &adresse, &entetes, ""));
            prop_assert!(!recue.statut.is_server_error(), "{} : {}", adresse, recue.texte);
            prop_assert_eq!(recue.entete("x-content-type-options"), "nosniff");
            if recue.statut.is_client_error() {
                let genre = recue.entete("content-type");
                if genre.starts_with("text/html") {
                    prop_assert!(
                        recue.texte.contains("role=\"alert\""),
                        "{} : {}",
                        adresse,
                        recue.texte
                    );
                } else {
                    let detail = recue.json()["detail"].as_str().unwrap_or_default().to_owned();
                    prop_assert!(detail.len() > 20, "{} : {}", adresse, recue.texte);
                }
            }
            if recue.statut.is_success() {
                trouvees.borrow_mut().insert(adresse.split('?').next().unwrap().to_owned());
            }
            Ok(())
        })
        .unwrap();
    // Otherwise every request would have been refused at the door; how many get further is left to chance.
    assert!(trouvees.borrow().len() > 10, "{:?}", trouvees.borrow());
}

/// Writes tried in a run: some of them hash a password.
const ECRITURES: u32 = 1_500;

/// Forms of pages: path, and fields with what is right in them. Not those that end a session: the next tries would be
/// nobody's.
const FORMULAIRES: [(&str, &[(&str, &str)]); 20] = [
    (
        "/connexion",
        &[("courriel", "caue@hasard.example"), ("mot_de_passe", PASSE), ("suite", "/espace")],
    ),
    ("/connexion/oubli", &[("courriel", "caue@hasard.example")]),
    ("/lien/{secret}", &[("mot_de_passe", PASSE), ("confirmation", PASSE)]),
    (
        "/demander",
        &[
            ("reseau", "hasard-ecrit"),
            ("territoire", "commune:26001"),
            ("lieu", ""),
            ("theme", "batiments"),
            ("partenaire", "caue"),
            ("fiche", ""),
            ("objet", "Le toit de l'école fuit."),
            ("nom", "Mme Maire"),
            ("fonction", ""),
            ("courriel", "maire@hasard.example"),
            ("telephone", ""),
            ("adresse_web", ""),
        ],
    ),
    (
        "/espace/jetons",
        &[("nom", "QGIS"), ("reseau", "hasard-ecrit"), ("ecriture", ""), ("jours", "30")],
    ),
    ("/espace/jetons/{id}/revoquer", &[]),
    (
        "/espace/equipe",
        &[("courriel", "anne@hasard.example"), ("nom", "Anne"), ("droit", "hasard-ecrit:lecteur")],
    ),
    ("/espace/equipe/{id}/retirer", &[]),
    ("/espace/invitations/{id}/accepter", &[]),
    ("/espace/publication", &[("reseau", "hasard-ecrit"), ("seuil", "5")]),
    (
        "/espace/nouveau-reseau",
        &[("departement", "26"), ("nom", "Neuf"), ("code", "neuf"), ("lu", "{}")],
    ),
    ("/espace/hasard-ecrit/rappels", &[("voulu", "oui")]),
    ("/espace/hasard-ecrit/equipe/{id}", &[("droit", "hasard-ecrit:lecteur")]),
    (
        "/espace/hasard-ecrit/reglages",
        &[
            ("lu", "{}"),
            ("nom", "Réseau"),
            ("couleur", "#336699"),
            ("conservation_mois", "24"),
            ("journal_mois", "24"),
        ],
    ),
    (
        "/espace/hasard-ecrit/ajouter/themes",
        &[("libelle", "Haies"), ("mots_cles", "arbre"), ("parent", ""), ("fin", "")],
    ),
    (
        "/espace/hasard-ecrit/ajouter/partenaires",
        &[
            ("nom", "Agence"),
            ("siren", ""),
            ("role", "partenaire"),
            ("themes", "batiments"),
            ("debut", ""),
            ("site", ""),
        ],
    ),
    (
        "/espace/hasard-ecrit/ajouter/fiches",
        &[("titre", "Une fiche"), ("themes", "batiments"), ("genre", ""), ("fin", "")],
    ),
    (
        "/espace/hasard-ecrit/{objet}/{code}",
        &[("lu", "{}"), ("nom", "Agence"), ("libelle", "Haies"), ("titre", "Fiche")],
    ),
    ("/espace/hasard-ecrit/themes/eau/deplacer", &[("sens", "bas")]),
    ("/espace/{reseau}/{objet}/{code}/retirer", &[]),
];

/// What a form may be given, beside what addresses are.
fn saisie() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => prop::sample::select(vec![
            "hasard-ecrit", "hasard-ecrit:lecteur", "hasard-ecrit:partenaire:caue", "partenaires", "themes", "fiches",
            "caue", "batiments", "eau", "haut", "bas", "oui", "on", "anne@hasard.example", "26", "182600015", "#336699",
            "https://exemple.fr", "coordinateur", "commune:26001", "2026-01-31", "{}", "{\"nom\":[\"x\"]}", "[]", "5", "30",
        ])
        .prop_map(str::to_owned),
        3 => mot(),
    ]
}

/// Any JSON, of words that mean something here or elsewhere.
fn valeur() -> impl Strategy<Value = Value> {
    let feuille = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..30).prop_map(Value::from),
        any::<f64>().prop_map(|nombre| serde_json::json!(nombre)),
        saisie().prop_map(Value::from),
    ];
    feuille.prop_recursive(3, 16, 4, |dedans| {
        let noms =
            prop::sample::select(vec!["type", "coordinates", "nom", "courriel", "revision", "x"]);
        prop_oneof![
            prop::collection::vec(dedans.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((noms, dedans), 0..4).prop_map(|champs| champs
                .into_iter()
                .map(|(nom, valeur)| (nom.to_owned(), valeur))
                .collect()),
        ]
    })
}

/// A write: method, address, kind of body and body.
type Ecriture = (Method, String, &'static str, String);

/// One of the writes of the document: its example, of which some fields are something else.
fn du_document(operations: Vec<(Method, String, Value)>) -> impl Strategy<Value = Ecriture> {
    let change = (any::<prop::sample::Index>(), valeur());
    let changes = prop::collection::vec(change, 0..4);
    let genre = prop_oneof![
        8 => Just("application/json"),
        1 => Just("text/csv"),
        1 => Just("multipart/form-data; boundary=x"),
        1 => Just("application/geo+json"),
    ];
    let brut = prop_oneof![6 => Just(None), 1 => mot().prop_map(Some)];
    (prop::sample::select(operations), prop::collection::vec(saisie(), 4), changes, genre, brut)
        .prop_map(|((methode, chemin, exemple), mots, changes, genre, brut)| {
            let mut corps = exemple;
            if let Value::Object(champs) = &mut corps {
                let noms: Vec<String> = champs.keys().cloned().collect();
                for (rang, valeur) in changes {
                    champs.insert(noms[rang.index(noms.len())].clone(), valeur);
                }
            }
            let corps = brut.unwrap_or_else(|| match corps {
                Value::String(texte) => texte,
                corps => corps.to_string(),
            });
            (methode, remplir(&chemin, mots), genre, corps)
        })
}

fn des_formulaires() -> impl Strategy<Value = Ecriture> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), saisie()), 0..3);
    let mots = prop::collection::vec(saisie(), 4);
    (prop::sample::select(FORMULAIRES.to_vec()), mots, changes).prop_map(
        |((chemin, champs), mots, changes)| {
            let mut champs: Vec<(&str, String)> =
                champs.iter().map(|(nom, valeur)| (*nom, (*valeur).to_owned())).collect();
            let nombre = champs.len();
            for (rang, valeur) in changes {
                if nombre > 0 {
                    champs[rang.index(nombre)].1 = valeur;
                }
            }
            let mut corps = form_urlencoded::Serializer::new(String::new());
            corps.extend_pairs(&champs);
            let genre = "application/x-www-form-urlencoded";
            (Method::POST, remplir(chemin, mots), genre, corps.finish())
        },
    )
}

#[test]
fn no_write_makes_the_service_fail_and_each_refusal_is_a_sentence() {
    let execution = tokio::runtime::Runtime::new().unwrap();
    let essai = execution.block_on(Essai::nouveau());
    execution.block_on(peupler(&essai.pays, "hasard-ecrit"));
    let qui = [
        String::new(),
        execution.block_on(essai.entrer("caue@hasard.example", &["hasard-ecrit:partenaire:caue"])),
        execution.block_on(essai.entrer("coord@hasard.example", &["hasard-ecrit:coordinateur"])),
    ];
    let document = execution.block_on(essai.lire("/api/openapi.json", &[])).json();
    let mut operations = vec![];
    for (chemin, dites) in document["paths"].as_object().unwrap() {
        for (methode, dite) in dites.as_object().unwrap() {
            let contenus = dite["requestBody"]["content"].as_object();
            for contenu in contenus.into_iter().flat_map(|contenus| contenus.values()) {
                // In the réseau of this test, so that more is reached than that it does not exist.
                let exemple = contenu["example"].to_string().replace("drome", "hasard-ecrit");
                let exemple = serde_json::from_str(&exemple).unwrap();
                operations.push((methode.to_uppercase().parse().unwrap(), chemin.clone(), exemple));
            }
        }
    }
    assert!(operations.len() >= 7, "{operations:?}");
    let tirage = (prop_oneof![du_document(operations), des_formulaires()], 0..qui.len());
    let faites = RefCell::new(BTreeSet::new());
    let config = Config { cases: ECRITURES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&tirage, |((methode, adresse, genre, corps), rang)| {
            let entetes = [
                ("sec-fetch-site", "same-origin"),
                ("cookie", qui[rang].as_str()),
                ("content-type", genre),
            ];
            let recue =
                execution.block_on(essai.demander(methode.clone(), &adresse, &entetes, &corps));
            prop_assert!(
                !recue.statut.is_server_error(),
                "{} {} {} : {} {}",
                methode,
                adresse,
                corps,
                recue.statut,
                recue.texte
            );
            prop_assert_eq!(recue.entete("x-content-type-options"), "nosniff");
            // Where one is sent is here.
            let suite = recue.entete("location");
            prop_assert!(
                suite.is_empty() || suite.starts_with('/') && !suite.starts_with("//"),
                "{} : {}",
                adresse,
                suite
            );
            if recue.statut.is_client_error() {
                match recue.entete("content-type").starts_with("text/html") {
                    true => {
                        let dit = ["role=\"alert\"", "class=\"faute\""];
                        prop_assert!(
                            dit.iter().any(|dit| recue.texte.contains(dit)),
                            "{} {} : {}",
                            adresse,
                            corps,
                            recue.texte
                        );
                    }
                    false => {
                        let detail = recue.json()["detail"].as_str().unwrap_or_default().to_owned();
                        prop_assert!(detail.len() > 20, "{} : {}", adresse, recue.texte);
                    }
                }
            } else {
                faites.borrow_mut().insert(adresse);
            }
            Ok(())
        })
        .unwrap();
    // Otherwise every write would have been refused at the door.
    assert!(faites.borrow().len() >= 8, "{:?}", faites.borrow());
    // And what would mean something to the database meant nothing to it.
    let restent: i64 = execution.block_on(async {
        sqlx::query_scalar("select count(*) from demande where reseau = 'hasard-ecrit'")
            .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    });
    assert!(restent >= 4, "{restent}");
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    /// What a parser accepts, it writes in a form that it accepts, and that means the same.
    #[test]
    fn what_is_read_is_written_and_read_again(mot in mot()) {
        macro_rules! relire {
            ($($genre:ty),*) => {$(
                if let Ok(lu) = mot.parse::<$genre>() {
                    let relu = lu.to_string().parse::<$genre>();
                    prop_assert!(relu.is_ok_and(|relu| relu.to_string() == lu.to_string()), "{}", mot);
                }
            )*};
        }
        relire!(Unite, Maille, Millesime, Droit, Reference);
        let _ = mot.parse::<Etat>();
    }
}
