//! Every route of the OpenAPI document, asked by each role, over an open réseau and a closed one: nobody is told what
//! the table of SECURITY.md does not let them read.

use axum::http::StatusCode;
use serde_json::Value;

use crate::complet::{complet, peupler_de};
use crate::matrice::{ROLES, ecrit};
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
fn adresses(chemin: &str, operation: &Value, reseaux: [&str; 2]) -> Vec<String> {
    let mut lues = vec![];
    for reseau in reseaux {
        for zone in ["caue", "proposee", "refus", "trouee"] {
            for couche in ["zones", "couverture", "demandes", "regroupements"] {
                let chemin = chemin
                    .replace("{reseau}", reseau)
                    .replace("{zone}", zone)
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
    let table = ecrit();
    let (mut fautes, mut vues) = (vec![], vec![]);
    for (chemin, operations) in document["paths"].as_object().unwrap() {
        for adresse in adresses(chemin, &operations["get"], reseaux) {
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
                let du_sien = adresse.contains("cache") || !adresse.contains("visible");
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

#[tokio::test]
async fn every_route_says_what_it_admits_and_refuses_the_rest() {
    let essai = Essai::nouveau().await;
    let document = essai.lire("/api/openapi.json", &[]).await.json();
    for (chemin, operations) in document["paths"].as_object().unwrap() {
        let operation = &operations["get"];
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{chemin}");
        for parametre in operation["parameters"].as_array().unwrap() {
            assert!(
                !parametre["description"].as_str().unwrap().is_empty(),
                "{chemin} : {parametre}"
            );
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
