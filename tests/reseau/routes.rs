//! Every route of the OpenAPI document, asked by each role, over an open réseau and a closed one: nobody is told what
//! the table of SECURITY.md does not let them read.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::complet::{complet, peupler_de};
use crate::ecritures::ecrit;
use crate::matrice::{ROLES, ecrit as lectures};
use crate::service::Essai;

/// Text that is in one place of a réseau: the text, the table or column, and whose it is.
const MARQUES: [(&str, &str, Part); 8] = [
    ("Syndicat d'énergies", "partenaire", Part::Publique),
    ("trouee", "zone", Part::Publique),
    ("Triangle", "zone", Part::DuCaue),
    ("Trop « large »", "zone", Part::DUnAutre),
    ("Un « toit »", "demande_suivie.objet", Part::DuCaue),
    ("Secret du syndicat", "demande_suivie.objet", Part::DUnAutre),
    ("m@x.example", "contact", Part::DuCaue),
    ("sde@prive.example", "contact", Part::DUnAutre),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Publique,
    DuCaue,
    DUnAutre,
}

/// Whether the word of the table lets one read this part.
fn permis(mot: &str, part: Part) -> bool {
    match mot {
        "all" => true,
        "own" => part != Part::DUnAutre,
        "public" => part == Part::Publique,
        _ => false,
    }
}

/// The addresses of an operation: each way of filling its path, with each parameter that could show more.
fn adresses(chemin: &str, operation: &Value, reseaux: [(&str, i64); 2]) -> Vec<String> {
    let mut lues = vec![];
    for (reseau, demande) in reseaux {
        for zone in ["caue", "proposee", "refus", "trouee"] {
            for couche in ["zones", "couverture", "demandes", "regroupements"] {
                let chemin = chemin
                    .replace("{reseau}", reseau)
                    .replace("{zone}", zone)
                    .replace("{demande}", &demande.to_string())
                    .replace("{couches}", couche)
                    .replace("{collection}", couche)
                    .replace("{fichier}", &format!("{couche}.csv"))
                    .replace("{projet}", &format!("{reseau}.qlr"))
                    .replace("{grille}", "WebMercatorQuad")
                    .replace("{style}", "carte")
                    .replace("{objet}", &format!("{reseau}.{zone}.1"))
                    .replace("{maille}", "commune")
                    .replace("{code}", "26001")
                    .replace("{indicateur}", "population")
                    .replace("{z}/{x}/{y}", "8/131/92");
                assert!(!chemin.contains('{'), "{chemin} : variable sans valeur");
                let admis = |nom: &str| {
                    operation["parameters"].as_array().unwrap().iter().any(|p| p["name"] == nom)
                };
                let du_reseau = format!("reseau={reseau}");
                for question in [
                    "",
                    &du_reseau,
                    "theme=eclairage",
                    "partenaire=sde",
                    "annee=2018",
                    "du=2000-01-01&au=2030-12-31",
                    "etat=proposee",
                    "etat=refusee",
                    "etat=terminee",
                    "niveau=approfondi",
                    "version=1",
                    "territoire=commune:26001",
                    "dans=departement:26",
                    "q=toit",
                    "limit=10000",
                    "f=html",
                    "filter=true",
                ] {
                    let mut question = question.to_owned();
                    let noms = question.split('&').filter_map(|mot| mot.split_once('='));
                    if !noms.clone().all(|(nom, _)| admis(nom)) {
                        continue;
                    }
                    if !question.is_empty() && admis("reseau") && !question.contains("reseau") {
                        question += &format!("&reseau={reseau}");
                    }
                    lues.push(format!("{chemin}?{question}"));
                }
            }
        }
    }
    lues.sort();
    lues.dedup();
    lues
}

#[tokio::test]
async fn no_route_tells_a_role_what_the_table_does_not_let_it_read() {
    let essai = Essai::nouveau().await;
    let reseaux = ["visible", "cache"];
    for reseau in reseaux {
        let mut dossier = complet(reseau).avec(
            "demandes.csv",
            "S9,2018-03-01,sde,,eclairage,,commune,26001,2019,Secret du syndicat,en_cours,,,,,,\n",
        );
        dossier.declaration = format!("public = {}\n{}", reseau == "visible", dossier.declaration);
        peupler_de(&essai.pays, dossier, reseau).await;
        sqlx::query(
            "insert into contact (reseau, demande, courriel, recueilli_le)
             select reseau, id, 'sde@prive.example', current_date
             from demande where reseau = $1 and reference = 'S9'",
        )
        .bind(reseau)
        .execute(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    }
    let mut demandes = vec![];
    for reseau in reseaux {
        let numero: i64 =
            sqlx::query_scalar("select id from demande where reseau = $1 and reference = 'S9'")
                .bind(reseau)
                .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
                .await
                .unwrap();
        demandes.push((reseau, numero));
    }
    let numeros = [demandes[0], demandes[1]];
    let mut qui = vec![String::new()];
    for (nom, droit) in [
        ("lecteur", "visible:lecteur"),
        ("caue", "visible:partenaire:caue"),
        ("coordinateur", "visible:coordinateur"),
    ] {
        qui.push(essai.entrer(&format!("{nom}@visible.example"), &[droit]).await);
    }
    let voisin = essai.entrer("coordinateur@cache.example", &["cache:coordinateur"]).await;

    let document = essai.lire("/api/openapi.json", &[]).await.json();
    let table = lectures();
    let (mut fautes, mut vues) = (vec![], vec![]);
    let questions = document["paths"].as_object().unwrap().iter();
    for (chemin, operation) in
        questions.filter_map(|(chemin, dites)| Some((chemin, dites.get("get")?)))
    {
        for adresse in adresses(chemin, operation, numeros) {
            for (rang, biscuit) in qui.iter().enumerate() {
                let recue = essai.lire(&adresse, &[("cookie", biscuit)]).await;
                assert!(!recue.statut.is_server_error(), "{adresse} : {}", recue.texte);
                if recue.texte.contains("Réseau « cache »") {
                    fautes.push(format!("{} apprend de {adresse} le réseau fermé", ROLES[rang]));
                }
                for (marque, lieu, part) in MARQUES {
                    if !recue.texte.contains(marque) {
                        continue;
                    }
                    vues.push((rang, marque));
                    if !permis(&table[lieu][rang], part) {
                        fautes.push(format!("{} lit « {marque} » à {adresse}", ROLES[rang]));
                    }
                }
            }
            let recue = essai.lire(&adresse, &[("cookie", &voisin)]).await;
            for (marque, lieu, part) in MARQUES {
                let de_l_autre = adresse.contains("visible")
                    || adresse.contains(&format!("/api/demandes/{}", numeros[0].1));
                let du_sien = adresse.contains("cache") || !de_l_autre;
                if recue.texte.contains(marque) && !du_sien && !permis(&table[lieu][0], part) {
                    fautes.push(format!("le voisin lit « {marque} » à {adresse}"));
                }
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    // What may be read is read somewhere, or else nothing was tried.
    for (rang, role) in ROLES.iter().enumerate() {
        for (marque, lieu, part) in MARQUES {
            let attendue = permis(&table[lieu][rang], part);
            assert_eq!(vues.contains(&(rang, marque)), attendue, "{role} et « {marque} »");
        }
    }
}

/// Every operation of the document: path, method, what it says.
fn operations(document: &Value) -> Vec<(&String, Method, &Value)> {
    let chemins = document["paths"].as_object().unwrap().iter();
    chemins
        .flat_map(|(chemin, dites)| {
            let dites = dites.as_object().unwrap().iter();
            dites.map(move |(methode, dite)| {
                (chemin, methode.to_uppercase().parse::<Method>().unwrap(), dite)
            })
        })
        .collect()
}

/// A write: the row of SECURITY.md that allows it, and what it sends, for a partner. Rows that it changes are made for
/// it: a proposal named after the try, and a demande of that reference.
fn essai_d_ecriture(
    methode: &Method,
    chemin: &str,
    reseau: &str,
    partenaire: &str,
    rang: usize,
) -> (&'static str, &'static str, Value) {
    let theme = if partenaire == "caue" { "batiments" } else { "eclairage" };
    let demande = json!({ "reseau": reseau, "partenaire": partenaire, "date": format!("2026-02-{:02}", rang + 1), "themes": [theme],
        "beneficiaire": "commune:26001" });
    match (methode.as_str(), chemin) {
        ("POST", "/api/zones") => (
            "zone",
            "insert",
            json!({ "reseau": reseau, "partenaire": partenaire, "code": format!("neuve-{partenaire}-{rang}"),
                "debut": "2026-01-01", "unites": ["commune:26001"] }),
        ),
        ("POST", "/api/zones/{reseau}/{zone}/{version}/validation") => {
            ("zone", "update", json!({ "revision": 1 }))
        }
        ("POST", "/api/zones/{reseau}/{zone}/{version}/refus") => {
            ("zone", "update", json!({ "revision": 1, "motif": "Non." }))
        }
        ("POST", "/api/zones/{reseau}/{zone}/{version}/fin") => {
            ("zone", "update", json!({ "revision": 1, "fin": "2027-01-01" }))
        }
        ("POST", "/api/zones/{reseau}/{zone}/{version}/retrait") => {
            ("zone", "delete", json!({ "revision": 1 }))
        }
        ("POST", "/api/demandes") => ("demande", "insert", demande),
        // A table, as text.
        ("POST", "/api/demandes/import") => (
            "demande",
            "insert",
            format!(
                "ref,date,code,theme\nT-{partenaire}-{rang},{:02}/03/2026,26001,{theme}\n",
                rang + 1
            )
            .into(),
        ),
        ("PATCH", "/api/demandes/{demande}") => {
            ("demande", "update", json!({ "revision": 1, "objet": "Corrigé" }))
        }
        _ => panic!("{methode} {chemin} : aucun essai n'est écrit"),
    }
}

#[tokio::test]
async fn each_write_is_made_by_who_may_and_by_nobody_else() {
    let essai = Essai::nouveau().await;
    let reseaux = ["ecrit-ouvert", "ecrit-cache"];
    for reseau in reseaux {
        let mut dossier = complet(reseau);
        dossier.declaration = format!("public = {}\n{}", reseau == reseaux[0], dossier.declaration);
        peupler_de(&essai.pays, dossier, reseau).await;
    }
    let mut qui = vec![String::new()];
    for (nom, droit) in [
        ("lecteur", "ecrit-ouvert:lecteur"),
        ("caue", "ecrit-ouvert:partenaire:caue"),
        ("coordinateur", "ecrit-ouvert:coordinateur"),
    ] {
        qui.push(essai.entrer(&format!("{nom}@ecrit-ouvert.example"), &[droit]).await);
    }
    let document = essai.lire("/api/openapi.json", &[]).await.json();
    let table = ecrit();
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let (mut fautes, mut faites) = (vec![], 0);
    for (chemin, methode, _) in
        operations(&document).into_iter().filter(|(_, m, _)| *m != Method::GET)
    {
        for (rang, biscuit) in qui.iter().enumerate() {
            for (reseau, partenaire) in reseaux.iter().flat_map(|r| [(*r, "caue"), (*r, "sde")]) {
                let (objet, operation, corps) =
                    essai_d_ecriture(&methode, chemin, reseau, partenaire, rang);
                // Rows of its own, that no other try has changed.
                let etat = if chemin.ends_with("/fin") { "validee" } else { "proposee" };
                let zone: (String, i64) = sqlx::query_as(
                    "with z as (
                       insert into zone (reseau, code, version, partenaire, debut, etat, origine)
                       values ($1, 'essai-' || substr(md5(random()::text), 1, 12), 1, $2, '2026-01-01', $3, 'proposition')
                       returning code)
                     insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat)
                     select $1, z.code, '2026-01-01', '{batiments}', array[$2], 'commune', '26001', 2026, 'en_cours' from z
                     returning reference, id",
                )
                .bind(reseau)
                .bind(partenaire)
                .bind(etat)
                .fetch_one(&mut connexion)
                .await
                .unwrap();
                let adresse = chemin
                    .replace("{reseau}", reseau)
                    .replace("{zone}", &zone.0)
                    .replace("{version}", "1")
                    .replace("{demande}", &zone.1.to_string());
                assert!(!adresse.contains('{'), "{adresse}");
                let adresse = match corps.as_str() {
                    Some(_) => format!("{adresse}?reseau={reseau}&partenaire={partenaire}"),
                    None => adresse,
                };
                let compter = "select count(*) from journal where reseau = any ($1)";
                let avant: i64 = sqlx::query_scalar(compter)
                    .bind(&reseaux[..])
                    .fetch_one(&mut connexion)
                    .await
                    .unwrap();
                let recue = match corps.as_str() {
                    Some(texte) => essai.deposer(&adresse, biscuit, texte.as_bytes()).await,
                    None => essai.ecrire(methode.clone(), &adresse, biscuit, &corps).await,
                };
                let apres: i64 = sqlx::query_scalar(compter)
                    .bind(&reseaux[..])
                    .fetch_one(&mut connexion)
                    .await
                    .unwrap();
                let mot = &table[&(objet.to_owned(), operation.to_owned())].mots[rang];
                let permis =
                    reseau == reseaux[0] && (mot == "all" || mot == "own" && partenaire == "caue");
                let refuse = [401, 403, 404].contains(&recue.statut.as_u16());
                let ecrite = recue.statut.is_success() && apres > avant;
                faites += usize::from(ecrite);
                if permis != ecrite || !permis && !refuse || !permis && apres != avant {
                    fautes.push(format!(
                        "{} : {methode} {adresse} pour {partenaire} : {} {} ({permis})",
                        ROLES[rang], recue.statut, recue.texte
                    ));
                }
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    assert!(faites >= 17, "{faites}");
}

#[tokio::test]
async fn every_route_says_what_it_admits_and_refuses_the_rest() {
    let essai = Essai::nouveau().await;
    let document = essai.lire("/api/openapi.json", &[]).await.json();
    for (chemin, methode, operation) in operations(&document) {
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{chemin}");
        for parametre in operation["parameters"].as_array().unwrap() {
            assert!(
                !parametre["description"].as_str().unwrap().is_empty(),
                "{chemin} : {parametre}"
            );
        }
        if methode != Method::GET {
            let adresse = format!("{}?inconnu=1", chemin.replace(['{', '}'], ""));
            let refus = essai.ecrire(methode.clone(), &adresse, "", &Value::Null).await;
            assert_eq!(refus.statut, StatusCode::BAD_REQUEST, "{adresse} : {}", refus.texte);
            assert!(refus.texte.contains("Paramètres admis"), "{adresse} : {}", refus.texte);
            // Nobody writes without being known, and the document says so.
            let securite = operation["security"].as_array().unwrap();
            assert!(securite.iter().all(|voie| *voie != json!({})), "{chemin}");
            continue;
        }
        let exemple = operation["x-exemple"].as_str().unwrap().split('?').next().unwrap();
        let refus = essai.lire(&format!("{exemple}?inconnu=1"), &[]).await;
        let attendu = match chemin.as_str() {
            chemin if chemin.starts_with("/tuiles") => "inconnu",
            chemin if chemin.ends_with("/items") || chemin.starts_with("/exports") => {
                "Propriétés de la collection"
            }
            _ => "Paramètres admis",
        };
        assert_eq!(refus.statut, StatusCode::BAD_REQUEST, "{exemple} : {}", refus.texte);
        assert!(refus.texte.contains(attendu), "{exemple} : {}", refus.texte);
    }
    let page = essai.lire("/api", &[]).await;
    assert!(
        document["paths"].as_object().unwrap().keys().all(|chemin| page.texte.contains(chemin))
    );
}
