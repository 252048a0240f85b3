//! `/geo` answers the calls of geo.api.gouv.fr as it does, and of any millésime.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::pays::Pays;
use crate::service::{Essai, Recue};

/// Sirens, a unit of each maille that has everything, and a millésime of before two mergers, without contours.
const DE_PLUS: &str = "
    update territoire set siren = '21' || code || '00' where maille = 'commune';
    update territoire set nature = 'CA', population = 69275, emprise = array[4.7, 44.1, 4.8, 44.2]
    where code = '200040459';
    update territoire set nom = 'L''Île-Saint-Dénis' where code = '26007';
    update territoire set nom = 'Saint-Denis' where code = '26008';
    insert into edition (millesime) values (2019);
    insert into millesime (annee, edition) select millesime, id from edition where millesime = 2019;
    insert into territoire (edition, maille, code, nom, departement, region, epci, population, rang, etat_contour)
    select 2, maille, code, case code when '26289' then 'Saillans' else nom end, departement, region, epci,
      population, rang, 'absent'::etat_contour
    from territoire where edition = 1
    union all
    select 2, 'commune', '26371', 'Véronne', '26', '84', '200040459', 41, 3000, 'absent'";

async fn pays_de_plus() -> Essai {
    Essai::sur(Arc::new(Pays::nouveau(DE_PLUS).await)).await
}

/// The body of an answer that must be given.
async fn lire(essai: &Essai, adresse: &str) -> Value {
    let recue = essai.lire(adresse, &[]).await;
    assert_eq!(recue.statut, StatusCode::OK, "{adresse} : {}", recue.texte);
    assert_eq!(recue.entete("content-type"), "application/json; charset=utf-8", "{adresse}");
    assert_eq!(recue.entete("millesime").len(), 4, "{adresse}");
    recue.json()
}

async fn refus(essai: &Essai, adresse: &str, statut: StatusCode) -> String {
    let recue: Recue = essai.lire(adresse, &[]).await;
    assert_eq!(recue.statut, statut, "{adresse} : {}", recue.texte);
    assert!(recue.entete("content-type").starts_with("application/problem+json"), "{adresse}");
    recue.json()["detail"].as_str().unwrap().to_owned()
}

fn cles(objet: &Value) -> BTreeSet<&str> {
    objet.as_object().unwrap_or_else(|| panic!("{objet}")).keys().map(String::as_str).collect()
}

fn codes(liste: &Value) -> Vec<&str> {
    liste.as_array().unwrap().iter().map(|objet| objet["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_calls_of_api_geo_answer_the_same_keys() {
    let essai = pays_de_plus().await;
    let commune = "nom code codeDepartement siren codeEpci codeRegion codesPostaux population";
    let tout = "code,nom,codesPostaux,population,codeDepartement,codeRegion,departement,region,centre,contour,surface,zone";
    for (adresse, attendues) in [
        ("/geo/communes?code=26001", commune.to_owned()),
        ("/geo/communes?nom=saint-denis", format!("{commune} _score")),
        ("/geo/communes?codePostal=29400", commune.to_owned()),
        ("/geo/epcis/200040459/communes", commune.to_owned()),
        ("/geo/departements/26/communes", commune.to_owned()),
        ("/geo/epcis?code=200040459", "nom code codesDepartements codesRegions population".into()),
        ("/geo/departements?nom=drome", "nom code codeRegion _score".into()),
        ("/geo/departements", "nom code codeRegion".into()),
        ("/geo/regions/84/departements", "nom code codeRegion".into()),
        ("/geo/regions", "nom code".into()),
        ("/geo/regions?nom=auvergne", "nom code _score".into()),
        (
            "/geo/communes?code=26001&fields=codeEpci,associees,nexistepas",
            "nom code codeEpci".into(),
        ),
        ("/geo/departements?code=26&fields=region", "nom code region".into()),
        (&format!("/geo/communes?code=26001&fields={tout}"), tout.replace(',', " ")),
        (
            "/geo/epcis?code=200040459&fields=type,zone,bbox,centre",
            "nom code type zone bbox centre".into(),
        ),
    ] {
        let liste = lire(&essai, adresse).await;
        assert_eq!(cles(&liste[0]), attendues.split(' ').collect(), "{adresse}");
    }
    assert_eq!(
        lire(&essai, "/geo/communes/26001").await,
        json!({
            "nom": "Commune 1", "code": "26001", "codeDepartement": "26", "siren": "212600100",
            "codeEpci": "200040459", "codeRegion": "84", "codesPostaux": ["29400"], "population": 400,
        })
    );
    assert_eq!(
        lire(&essai, "/geo/communes/26001?fields=departement,region,epci,zone,type").await,
        json!({
            "nom": "Commune 1", "code": "26001", "zone": "metro", "type": "commune-actuelle",
            "epci": { "code": "200040459", "nom": "EPCI 200040459" },
            "departement": { "code": "26", "nom": "Drôme" },
            "region": { "code": "84", "nom": "Auvergne-Rhône-Alpes" },
        })
    );
    assert_eq!(
        lire(&essai, "/geo/epcis/200040459?fields=codesDepartements,codesRegions,type,population")
            .await,
        json!({
            "nom": "EPCI 200040459", "code": "200040459", "type": "CA", "population": 69275,
            "codesDepartements": ["26"], "codesRegions": ["84"],
        })
    );
    // A square of 8 km of EPSG:3857 at 44,1° north, on the ground.
    let surface =
        lire(&essai, "/geo/communes/26001?fields=surface").await["surface"].as_f64().unwrap();
    assert!((3290.0..3330.0).contains(&surface), "{surface} ha");
}

#[tokio::test]
async fn a_millesime_answers_what_it_knew_and_a_commune_that_is_no_more_says_what_it_became() {
    let essai = pays_de_plus().await;
    let recue = essai.lire("/geo/communes/26371?millesime=2019&fields=population", &[]).await;
    assert_eq!((recue.statut, recue.entete("millesime")), (StatusCode::OK, "2019"));
    assert_eq!(recue.json(), json!({ "nom": "Véronne", "code": "26371", "population": 41 }));
    assert_eq!(
        lire(&essai, "/geo/communes?nom=veronne&millesime=2019&fields=code").await[0]["code"],
        "26371"
    );
    assert_eq!(
        lire(&essai, "/geo/communes/26289?millesime=2019&fields=code").await["nom"],
        "Saillans"
    );
    assert_eq!(lire(&essai, "/geo/communes?code=26371").await, json!([]));
    let detail = refus(&essai, "/geo/communes/26371", StatusCode::NOT_FOUND).await;
    assert!(
        detail.contains(
            "26371 (Véronne) est un ancien code : en 2026, la commune est Commune 289 (26289)"
        ) && detail.contains("/geo/communes/26289")
            && detail.contains("?millesime=2019"),
        "{detail}"
    );
    // This one has no contour: nothing can be drawn, nor found by a point.
    let sans = lire(
        &essai,
        "/geo/communes/26001?millesime=2019&format=geojson&geometry=contour&fields=surface",
    )
    .await;
    assert_eq!(
        (&sans["geometry"], cles(&sans["properties"])),
        (&Value::Null, BTreeSet::from(["nom", "code"]))
    );
    refus(&essai, "/geo/communes?lat=44.1&lon=4.7&millesime=2019", StatusCode::NOT_FOUND).await;
    let detail = refus(&essai, "/geo/communes/26001?millesime=2015", StatusCode::NOT_FOUND).await;
    assert!(detail.contains("Millésimes chargés : 2026, 2019"), "{detail}");
    refus(&essai, "/geo/communes/26001?millesime=jadis", StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn names_are_forgiven_and_the_best_come_first() {
    let essai = pays_de_plus().await;
    for nom in [
        "saint-denis",
        "Saint%20Denis",
        "SAINT-DENIS",
        "st%20denis",
        "denis%20saint",
        "saint%20den",
    ] {
        let liste = lire(&essai, &format!("/geo/communes?nom={nom}&fields=code")).await;
        assert_eq!(codes(&liste), ["26008", "26007"], "{nom}");
    }
    let exact = lire(&essai, "/geo/communes?nom=saint-denis").await;
    assert_eq!(exact[0]["_score"], 1);
    assert!(exact[1]["_score"].as_f64().unwrap() < 1.0, "{exact}");
    assert_eq!(codes(&lire(&essai, "/geo/communes?nom=l%27ile%20saint%20denis").await), ["26007"]);
    // No name has this word: those that look like it answer.
    assert_eq!(codes(&lire(&essai, "/geo/communes?nom=saint-deniz").await)[0], "26008");
    // Of names that begin alike, the largest commune gains by its population what it loses by its name.
    let sans = lire(&essai, "/geo/communes?nom=commune%20129&limit=3").await;
    let avec = lire(&essai, "/geo/communes?nom=commune%20129&limit=3&boost=population").await;
    assert_eq!((codes(&sans)[0], codes(&avec)[0]), ("26129", "27299"));
    let scores = |liste: &Value| -> Vec<f64> {
        liste.as_array().unwrap().iter().map(|objet| objet["_score"].as_f64().unwrap()).collect()
    };
    assert!(scores(&sans).is_sorted_by(|a, b| a >= b) && scores(&avec).is_sorted_by(|a, b| a >= b));
    // What is no name at all finds nothing, wildcards included.
    for nom in ["%25", "_", "%27", "%22%5C", "zzzzqqqq", "sainte-maxime"] {
        assert_eq!(lire(&essai, &format!("/geo/communes?nom={nom}")).await, json!([]), "{nom}");
    }
}

#[tokio::test]
async fn each_criterion_keeps_its_units_and_they_add_up() {
    let essai = Essai::nouveau().await;
    let toutes = lire(&essai, "/geo/communes").await;
    assert_eq!(toutes.as_array().unwrap().len(), 2496);
    assert!(codes(&toutes).is_sorted());
    for (question, attendus) in [
        ("codePostal=26200", vec!["26198"]),
        ("codePostal=29400", vec!["26001", "26002"]),
        ("codePostal=29400&code=26002", vec!["26002"]),
        ("codeEpci=200040491&limit=2", vec!["26011", "26012"]),
        ("codeDepartement=28&limit=1", vec!["28000"]),
        ("codeRegion=84&limit=1", vec!["26001"]),
        ("codeRegion=11", vec![]),
        ("zone=drom,com", vec![]),
        ("zone=metro&limit=1", vec!["26001"]),
        ("code=26219", vec![]),
        ("siren=000000000", vec![]),
        ("type=commune-actuelle&code=26001", vec!["26001"]),
        ("type=arrondissement-municipal", vec![]),
        ("limit=0", vec![]),
        ("fields=&code=26001", vec!["26001"]),
    ] {
        let liste = lire(&essai, &format!("/geo/communes?{question}")).await;
        assert_eq!(codes(&liste), attendus, "{question}");
    }
    // A point finds the commune that it is taken from, and one alone.
    let centre = lire(&essai, "/geo/communes/26055?fields=centre").await;
    assert_eq!(centre["centre"]["type"], "Point");
    let (lon, lat) = (&centre["centre"]["coordinates"][0], &centre["centre"]["coordinates"][1]);
    let point = format!("/geo/communes?lat={lat}&lon={lon}");
    assert_eq!(codes(&lire(&essai, &point).await), ["26055"]);
    assert_eq!(lire(&essai, &format!("{point}&code=26001")).await, json!([]));
    assert_eq!(lire(&essai, "/geo/communes?lat=0&lon=0").await, json!([]));

    let epcis = lire(&essai, "/geo/epcis?codeDepartement=26").await;
    assert_eq!(epcis.as_array().unwrap().len(), 12);
    assert_eq!(lire(&essai, "/geo/epcis?codeDepartement=27").await, json!([]));
    assert_eq!(lire(&essai, "/geo/epcis?codeRegion=84").await, epcis);
    assert_eq!(codes(&lire(&essai, "/geo/departements?codeRegion=84").await), ["26", "27", "28"]);
    assert_eq!(codes(&lire(&essai, "/geo/departements/").await), ["26", "27", "28"]);
    assert_eq!(codes(&lire(&essai, "/geo/regions/84/departements/?limit=2").await), ["26", "27"]);
    assert_eq!(codes(&lire(&essai, "/geo/epcis/200040459/communes").await).len(), 10);
    assert_eq!(lire(&essai, "/geo/departements/27/communes").await.as_array().unwrap().len(), 1000);
}

#[tokio::test]
async fn features_are_those_of_rfc_7946() {
    let essai = Essai::nouveau().await;
    let liste = lire(
        &essai,
        "/geo/epcis/200040459/communes?format=geojson&geometry=contour&fields=centre,code",
    )
    .await;
    assert_eq!(
        (cles(&liste), &liste["type"]),
        (BTreeSet::from(["type", "features"]), &json!("FeatureCollection"))
    );
    let objets = liste["features"].as_array().unwrap();
    assert_eq!(objets.len(), 10);
    for objet in objets {
        assert_eq!(cles(objet), BTreeSet::from(["type", "properties", "geometry"]));
        assert_eq!(cles(&objet["properties"]), BTreeSet::from(["nom", "code"]));
    }
    assert_eq!(
        (&objets[9]["properties"]["code"], &objets[9]["geometry"]),
        (&json!("26010"), &Value::Null)
    );
    let anneau = &objets[0]["geometry"]["coordinates"][0];
    assert_eq!(objets[0]["geometry"]["type"], "Polygon");
    // Longitude first; the outer ring turns to the left, and closes.
    let sommets: Vec<[f64; 2]> = serde_json::from_value(anneau.clone()).unwrap();
    assert!(
        sommets.iter().all(|[lon, lat]| (4.0..5.5).contains(lon) && (43.5..45.0).contains(lat)),
        "{anneau}"
    );
    assert_eq!(sommets.first(), sommets.last());
    let aire: f64 =
        sommets.windows(2).map(|paire| paire[0][0] * paire[1][1] - paire[1][0] * paire[0][1]).sum();
    assert!(aire > 0.0, "{anneau}");

    let une = lire(&essai, "/geo/communes/26001?format=geojson").await;
    assert_eq!((&une["type"], &une["geometry"]["type"]), (&json!("Feature"), &json!("Point")));
    let boite = lire(&essai, "/geo/communes/26001?format=geojson&geometry=bbox").await;
    assert_eq!(
        boite["geometry"]["coordinates"],
        json!([[[4.7, 44.1], [4.8, 44.1], [4.8, 44.2], [4.7, 44.2], [4.7, 44.1]]])
    );
    assert_eq!(lire(&essai, "/geo/regions?format=geojson").await["type"], "FeatureCollection");
}

#[tokio::test]
async fn what_api_geo_would_not_answer_is_refused_and_what_it_would_misread_too() {
    let essai = Essai::nouveau().await;
    for (adresse, mot) in [
        ("/geo/communes?format=geojson", "codeDepartement"),
        ("/geo/communes?fields=nom,contour", "codeDepartement"),
        ("/geo/communes?zone=metro&format=geojson&geometry=contour", "codeDepartement"),
        ("/geo/communes?limit=-1", "limit"),
        ("/geo/communes?limit=beaucoup", "limit"),
        ("/geo/communes?lat=44.5", "lon et lat"),
        ("/geo/communes?lat=nord&lon=5", "lat"),
        ("/geo/communes?lat=144&lon=5", "lat"),
        ("/geo/communes?zone=metro,mars", "mars"),
        ("/geo/communes?type=hameau", "hameau"),
        ("/geo/communes?nom=a&boost=altitude", "altitude"),
        ("/geo/communes?code=26001&format=xml", "xml"),
        ("/geo/communes?code=26001&format=geojson&geometry=mairie", "mairie"),
        ("/geo/communes?departement=26", "Paramètres admis"),
        ("/geo/regions?codeDepartement=26", "Paramètres admis"),
    ] {
        let detail = refus(&essai, adresse, StatusCode::BAD_REQUEST).await;
        assert!(detail.contains(mot), "{adresse} : {detail}");
    }
    for (adresse, mot) in [
        ("/geo/communes/99999", "Aucune commune n'a le code 99999"),
        ("/geo/communes/romans", "romans"),
        ("/geo/communes/75101", "/geo/communes/75056"),
        ("/geo/epcis/200046977", "Aucune intercommunalité"),
        ("/geo/epcis/26/communes", "Siren"),
        ("/geo/departements/666", "Aucun département"),
        ("/geo/departements/75/communes", "Aucun département"),
        ("/geo/regions/11/departements", "Aucune région"),
    ] {
        let detail = refus(&essai, adresse, StatusCode::NOT_FOUND).await;
        assert!(detail.contains(mot), "{adresse} : {detail}");
    }
}

#[tokio::test]
async fn sql_in_a_value_is_a_value() {
    let essai = Essai::nouveau().await;
    for charge in [
        "%27%3B%20drop%20table%20territoire%3B--",
        "%27%20or%20%271%27%3D%271",
        "%7Bzz%7D",
        "zz%27)--",
    ] {
        for nom in
            ["nom", "code", "codePostal", "siren", "codeEpci", "codeDepartement", "codeRegion"]
        {
            let recue = essai.lire(&format!("/geo/communes?{nom}={charge}"), &[]).await;
            assert_eq!(
                (recue.statut, recue.texte.as_str()),
                (StatusCode::OK, "[]"),
                "{nom}={charge}"
            );
        }
        let champs = lire(&essai, &format!("/geo/communes/26001?fields={charge}")).await;
        assert_eq!(cles(&champs), BTreeSet::from(["nom", "code"]), "{charge}");
        for nom in ["zone", "type", "format", "boost", "limit", "lat", "millesime"] {
            refus(&essai, &format!("/geo/communes?{nom}={charge}"), StatusCode::BAD_REQUEST).await;
        }
        refus(&essai, &format!("/geo/communes/{charge}"), StatusCode::NOT_FOUND).await;
    }
    assert_eq!(lire(&essai, "/geo/communes").await.as_array().unwrap().len(), 2496);
}

#[tokio::test]
async fn an_answer_is_kept_until_the_data_change() {
    let essai = Essai::nouveau().await;
    let adresse = "/geo/departements/26/communes";
    let premiere = essai.lire(adresse, &[]).await;
    let etag = premiere.entete("etag").to_owned();
    assert_eq!(premiere.entete("cache-control"), "public, no-cache");
    let seconde = essai.lire(adresse, &[("if-none-match", &etag)]).await;
    assert_eq!((seconde.statut, seconde.entete("millesime")), (StatusCode::NOT_MODIFIED, "2026"));
}
