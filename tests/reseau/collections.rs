//! OGC API over the country of the tests: 2,497 square communes, and réseaux of their own.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::complet::{complet, peupler_de};
use crate::pays::URL;
use crate::service::{Essai, Recue};

const COMMUNES: &str = "/ogc/collections/communes/items";

async fn lire(essai: &Essai, adresse: &str) -> Value {
    let recue = essai.lire(adresse, &[]).await;
    assert_eq!(recue.statut, StatusCode::OK, "{adresse} : {}", recue.texte);
    recue.json()
}

/// Communes that answer a question, by their codes.
async fn codes(essai: &Essai, question: &str) -> Vec<String> {
    let page = lire(essai, &format!("{COMMUNES}?limit=10000&{question}")).await;
    let objets = page["features"].as_array().unwrap();
    assert_eq!(page["numberMatched"], objets.len(), "{question}");
    objets.iter().map(|objet| objet["id"].as_str().unwrap().to_owned()).collect()
}

fn lien<'a>(document: &'a Value, relation: &str) -> Option<&'a str> {
    let liens = document["links"].as_array().unwrap();
    liens.iter().find(|lien| lien["rel"] == relation).and_then(|lien| lien["href"].as_str())
}

/// The path of an absolute address of ours.
fn chemin(adresse: &str) -> &str {
    adresse.strip_prefix(URL).unwrap_or_else(|| panic!("{adresse} n'est pas à {URL}"))
}

async fn refus(essai: &Essai, adresse: &str) -> Recue {
    let recue = essai.lire(adresse, &[]).await;
    assert_eq!(recue.statut, StatusCode::BAD_REQUEST, "{adresse} : {}", recue.texte);
    recue
}

fn encoder(filtre: &str) -> String {
    form_urlencoded::byte_serialize(filtre.as_bytes()).collect()
}

#[tokio::test]
async fn every_link_of_the_landing_page_leads_somewhere() {
    let essai = Essai::nouveau().await;
    let accueil = lire(&essai, "/ogc").await;
    for relation in ["self", "service-desc", "service-doc", "conformance", "data"] {
        let adresse = lien(&accueil, relation).unwrap_or_else(|| panic!("pas de lien {relation}"));
        let recue = essai.lire(chemin(adresse), &[]).await;
        assert_eq!(recue.statut, StatusCode::OK, "{adresse}");
    }
    let collections = lire(&essai, "/ogc/collections").await;
    for collection in collections["collections"].as_array().unwrap() {
        // Other tests write meanwhile.
        let sans_date = |mut document: Value| {
            document.as_object_mut().unwrap().remove("updated");
            document
        };
        let seule = lire(&essai, chemin(lien(collection, "self").unwrap())).await;
        assert_eq!(sans_date(seule), sans_date(collection.clone()));
        let objets = lire(&essai, chemin(lien(collection, "items").unwrap())).await;
        assert_eq!(objets["type"], "FeatureCollection", "{collection}");
    }
}

#[tokio::test]
async fn pages_hold_each_commune_once_in_both_directions() {
    let essai = Essai::nouveau().await;
    let (mut vues, mut adresses) = (vec![], vec![format!("{URL}{COMMUNES}?limit=100")]);
    while let Some(adresse) = adresses.last() {
        let page = lire(&essai, chemin(adresse)).await;
        assert_eq!(page["numberMatched"], 2496);
        let objets = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], objets.len());
        vues.extend(objets.iter().map(|objet| objet["id"].as_str().unwrap().to_owned()));
        match lien(&page, "next") {
            Some(suivante) => adresses.push(suivante.to_owned()),
            None => break,
        }
    }
    assert_eq!(adresses.len(), 25);
    let mut uniques = vues.clone();
    uniques.sort();
    uniques.dedup();
    assert_eq!((vues.len(), &uniques), (2496, &vues));
    // Back from the last page.
    let mut retour = vec![];
    let mut adresse = adresses.pop();
    while let Some(ici) = adresse {
        let page = lire(&essai, chemin(&ici)).await;
        let mut lues: Vec<String> = page["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|objet| objet["id"].as_str().unwrap().to_owned())
            .collect();
        lues.append(&mut retour);
        retour = lues;
        adresse = lien(&page, "prev").map(str::to_owned);
    }
    assert_eq!(retour, vues);
    // With an order of one's own, pages go by ranks.
    let page = lire(&essai, &format!("{COMMUNES}?limit=1000&sortby=-code")).await;
    assert_eq!(page["features"][0]["id"], "28499");
    let suivante = lire(&essai, chemin(lien(&page, "next").unwrap())).await;
    assert_eq!(suivante["features"][0]["id"], "27499");
    assert!(lien(&suivante, "prev").unwrap().contains("offset=0"));
}

#[tokio::test]
async fn coordinates_come_in_the_system_asked_for_and_in_its_order() {
    let essai = Essai::nouveau().await;
    let premier = |crs: &'static str| {
        let essai = &essai;
        async move {
            let recue = essai.lire(&format!("{COMMUNES}/26001?crs={crs}"), &[]).await;
            assert_eq!(recue.entete("content-crs"), format!("<{crs}>"));
            let point = recue.json()["geometry"]["coordinates"][0][0][0].clone();
            (point[0].as_f64().unwrap(), point[1].as_f64().unwrap())
        }
    };
    let (lon, lat) = premier("http://www.opengis.net/def/crs/OGC/1.3/CRS84").await;
    assert!((4.0..6.0).contains(&lon) && (43.0..46.0).contains(&lat), "{lon} {lat}");
    let epsg = premier("http://www.opengis.net/def/crs/EPSG/0/4326").await;
    assert_eq!(epsg, (lat, lon));
    let (est, nord) = premier("http://www.opengis.net/def/crs/EPSG/0/2154").await;
    assert!((800_000.0..1_000_000.0).contains(&est), "{est}");
    assert!((6_200_000.0..6_500_000.0).contains(&nord), "{nord}");
    assert_eq!(
        premier("http://www.opengis.net/def/crs/EPSG/0/3857").await,
        (528_000.0, 5_480_000.0)
    );
    let refuse = refus(&essai, &format!("{COMMUNES}?crs=EPSG:27572")).await;
    assert!(refuse.texte.contains("EPSG/0/2154"), "{}", refuse.texte);
}

#[tokio::test]
async fn a_box_finds_the_same_communes_in_every_system() {
    let essai = Essai::nouveau().await;
    // 26010 has no contour: any box may hold it.
    let attendus = ["26001", "26002", "26010", "26051", "26052"];
    for question in [
        "bbox=529000,5481000,543000,5495000&bbox-crs=EPSG:3857",
        "bbox=4.753,44.105,4.877,44.194",
        "bbox=44.105,4.753,44.194,4.877&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326",
        "bbox=4.753,44.105,0,4.877,44.194,1000",
    ] {
        assert_eq!(codes(&essai, question).await, attendus, "{question}");
    }
    assert_eq!(codes(&essai, "bbox=-180,-90,180,90").await.len(), 2496);
    assert_eq!(codes(&essai, "bbox=170,-20,-170,20").await, ["26010"], "across the antimeridian");
    for fausse in
        ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=5,45,6,44", "bbox=500,0,600,1", "bbox=NaN,0,1,1"]
    {
        let refuse = refus(&essai, &format!("{COMMUNES}?{fausse}")).await;
        assert!(refuse.texte.contains("bbox"), "{fausse} : {}", refuse.texte);
    }
}

#[tokio::test]
async fn filters_in_both_languages_find_the_same() {
    let essai = Essai::nouveau().await;
    for (filtre, attendus) in [
        ("code = '26005'", vec!["26005"]),
        ("code IN ('26005', '26007')", vec!["26005", "26007"]),
        ("nom LIKE 'Commune 10_' AND population > 1 AND code < '26102'", vec!["26100", "26101"]),
        ("CASEI(nom) = CASEI('COMMUNE 12')", vec!["26012"]),
        ("ACCENTI(nom) = ACCENTI('Commune 13')", vec!["26013"]),
        ("code BETWEEN '26001' AND '26003'", vec!["26001", "26002", "26003"]),
        ("epci IS NULL AND code < '26122'", vec!["26121"]),
        ("S_INTERSECTS(geometrie, POINT(4.78 44.12))", vec!["26001"]),
        ("S_WITHIN(geometrie, BBOX(4.74, 44.09, 4.83, 44.16))", vec!["26001"]),
        ("geometrie IS NULL", vec!["26010"]),
    ] {
        let en_texte = codes(&essai, &format!("filter={}", encoder(filtre))).await;
        assert_eq!(en_texte, attendus, "{filtre}");
        let json = cql2::parse_text(filtre).unwrap().to_json().unwrap();
        let en_json =
            codes(&essai, &format!("filter-lang=cql2-json&filter={}", encoder(&json))).await;
        assert_eq!(en_json, en_texte, "{json}");
    }
    // Any property is a parameter.
    assert_eq!(codes(&essai, "epci=200040459").await.len(), 10);
    let champs = lire(&essai, &format!("{COMMUNES}/26001?properties=nom")).await;
    assert_eq!(champs["properties"], json!({ "nom": "Commune 1" }));
}

#[tokio::test]
async fn a_filter_that_is_wrong_says_what_is() {
    let essai = Essai::nouveau().await;
    let profond = format!("{}1=1{}", "(".repeat(60), ")".repeat(60));
    let nie = format!("{}true", "NOT ".repeat(900));
    let tirets = format!("population = {}1", "-".repeat(2000));
    for (filtre, attendu) in [
        ("popultion > 3", "« popultion » n'est pas une propriété"),
        ("popultion > 3", "codes_postaux"),
        ("population > 'abc'", "un nombre"),
        ("nom = 3", "un texte"),
        ("nom", "ni vrai ni faux"),
        ("nom = ", "ne se lit pas"),
        ("1/(population - population) > 0", "division par zéro"),
        ("S_INTERSECTS(nom, POINT(0 0))", "geometrie"),
        ("S_INTERSECTS(geometrie, POINT(5))", "filtre"),
        ("pg_sleep(10) = 1", "pg_sleep"),
        ("T_AFTER(nom, DATE('2019-01-01'))", "une date"),
        ("code = '26001'; drop table zone", "ne se lit pas"),
        (profond.as_str(), "imbriqué"),
        (nie.as_str(), "imbriqué"),
        (tirets.as_str(), "imbriqué"),
    ] {
        let refuse = refus(&essai, &format!("{COMMUNES}?filter={}", encoder(filtre))).await;
        assert!(refuse.texte.contains(attendu), "{filtre} : {}", refuse.texte);
    }
    for adresse in [
        "sortby=nom;drop",
        "properties=nom,rien",
        "datetime=hier",
        "limit=0",
        "limit=-1",
        "offset=-1",
        "f=gml",
        "filter-lang=ecql&filter=true",
        "apres=26001&avant=26002",
        "population=beaucoup",
        "rien=1",
    ] {
        refus(&essai, &format!("{COMMUNES}?{adresse}")).await;
    }
    // Nothing of a text is SQL.
    let texte = "x') or true or ('' = '";
    assert!(codes(&essai, &format!("nom={}", encoder(texte))).await.is_empty());
    let filtre = format!("nom = '{}'", texte.replace('\'', "''"));
    assert!(codes(&essai, &format!("filter={}", encoder(&filtre))).await.is_empty());
}

#[tokio::test]
async fn zones_and_demandes_are_those_that_one_may_read_on_their_dates() {
    let essai = Essai::nouveau().await;
    peupler_de(&essai.pays, complet("collecte"), "collecte").await;
    let caue = essai.entrer("caue@collecte.example", &["collecte:partenaire:caue"]).await;
    let zones = "/ogc/collections/zones/items?reseau=collecte";
    let publiques = lire(&essai, zones).await;
    let sienne = essai.lire(zones, &[("cookie", &caue)]).await;
    assert!(sienne.entete("cache-control").contains("private"));
    assert!(
        sienne.json()["numberMatched"].as_i64() > publiques["numberMatched"].as_i64(),
        "the partner also reads what is not validated"
    );
    for zone in publiques["features"].as_array().unwrap() {
        assert!(["validee", "expiree"].contains(&zone["properties"]["etat"].as_str().unwrap()));
    }
    let en_2012 = lire(&essai, &format!("{zones}&datetime=2012-06-01")).await;
    let ids: Vec<&str> = en_2012["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|zone| zone["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"collecte.z.1") && !ids.contains(&"collecte.z.2"), "{ids:?}");

    let demandes = "/ogc/collections/demandes/items?reseau=collecte&limit=1000";
    let publiques = lire(&essai, demandes).await;
    for demande in publiques["features"].as_array().unwrap() {
        let dites = &demande["properties"];
        assert!(dites["objet"].is_null() && dites["reference"].is_null(), "{dites}");
    }
    let siennes = essai.lire(demandes, &[("cookie", &caue)]).await;
    assert!(siennes.texte.contains("toit"), "{}", siennes.texte);
    assert!(!siennes.texte.contains("m@x.example"), "contacts are in no collection");
    let aucune = lire(&essai, &format!("{demandes}&datetime=../1999-12-31")).await;
    assert_eq!(aucune["numberMatched"], 0);
}

/// What other servers read, by the views alone and without saying who they are.
#[tokio::test]
async fn the_reading_role_sees_what_is_published_and_nothing_else() {
    let essai = Essai::nouveau().await;
    peupler_de(&essai.pays, complet("vues"), "vues").await;
    let mut ferme = complet("vuescache");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    essai.pays.charger(&ferme).await;
    let publiques = |collection: &'static str| {
        let essai = &essai;
        async move {
            let adresse = format!("/ogc/collections/{collection}/items?reseau=vues");
            lire(essai, &adresse).await["numberMatched"].as_i64().unwrap()
        }
    };
    sqlx::query("create role sig_du_departement login in role maillage_lecture")
        .execute(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    let mut connexion = essai.pays.connexion_de("sig_du_departement").await;
    for collection in ["zones", "demandes", "couverture", "partenaires"] {
        let lues: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select reseau, count(*) from diffusion_1.{collection} where reseau in ('vues', 'vuescache') group by 1"
        )))
        .fetch_all(&mut connexion)
        .await
        .unwrap();
        assert_eq!(lues, [("vues".to_owned(), publiques(collection).await)], "{collection}");
    }
    let communes: i64 = sqlx::query_scalar("select count(*) from diffusion_1.communes")
        .fetch_one(&mut connexion)
        .await
        .unwrap();
    assert_eq!(communes, 2496);
    for ordre in [
        "select * from contact",
        "select * from journal",
        "select * from compte",
        "select objet from demande",
        "delete from diffusion_1.zones",
        "update zone set etat = 'refusee'",
        "create table diffusion_1.intrus (a integer)",
        "set role maillage_service",
    ] {
        let refus = sqlx::query(ordre).execute(&mut connexion).await;
        let code =
            refus.err().and_then(|erreur| Some(erreur.into_database_error()?.code()?.into_owned()));
        assert!(matches!(code.as_deref(), Some("42501" | "55000")), "{ordre} : {code:?}");
    }
}
