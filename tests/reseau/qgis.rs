//! QGIS projects: what is in them, who may have them, and that the same data make the same bytes.

use std::io::{Cursor, Read};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use quick_xml::Reader;
use quick_xml::events::Event;
use tower::ServiceExt;

use crate::complet::complet;
use crate::service::Essai;

/// A name that breaks whatever is not escaped: XML, expressions of QGIS, and texts that QGIS works out.
const HOSTILE: &str = "L'« Agence » <b>&amp; \\' [% env('HOME') %]";

async fn octets(essai: &Essai, adresse: &str) -> Vec<u8> {
    let requete = Request::builder().uri(adresse).body(Body::empty()).unwrap();
    let reponse = essai.service.clone().oneshot(requete).await.unwrap();
    assert_eq!(reponse.status(), StatusCode::OK, "{adresse}");
    to_bytes(reponse.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// The project within an archive, by the name of its réseau.
fn projet(archive: &[u8], code: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut texte = String::new();
    archive.by_name(&format!("{code}.qgs")).unwrap().read_to_string(&mut texte).unwrap();
    texte
}

/// The text of each element of a name, once all the document has been read.
fn textes(document: &str, nom: &str) -> Vec<String> {
    let mut lecteur = Reader::from_str(document);
    lecteur.config_mut().check_end_names = true;
    let (mut trouves, mut dedans) = (Vec::new(), false);
    loop {
        match lecteur.read_event().unwrap() {
            Event::Start(debut) => {
                for attribut in debut.attributes() {
                    attribut.unwrap();
                }
                dedans = debut.name().as_ref() == nom;
                if dedans {
                    trouves.push(String::new());
                }
            }
            Event::Text(texte) if dedans => {
                trouves.last_mut().unwrap().push_str(&texte);
            }
            Event::GeneralRef(reference) if dedans => {
                let caractere = quick_xml::escape::resolve_predefined_entity(&reference).unwrap();
                trouves.last_mut().unwrap().push_str(caractere);
            }
            Event::End(_) => dedans = false,
            Event::Eof => return trouves,
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_same_data_make_the_same_bytes() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&complet("qgis-pareil")).await;
    for adresse in ["/qgis/qgis-pareil.qgz", "/qgis/qgis-pareil.qlr"] {
        assert_eq!(octets(&essai, adresse).await, octets(&essai, adresse).await, "{adresse}");
    }
    let recue = essai.lire("/qgis/qgis-pareil.qlr", &[]).await;
    assert_eq!(recue.entete("content-disposition"), "attachment; filename=\"qgis-pareil.qlr\"");
    let connue = [("if-none-match", recue.entete("etag"))];
    let rien = essai.lire("/qgis/qgis-pareil.qlr", &connue).await;
    assert_eq!((rien.statut, rien.texte.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn every_layer_of_the_private_edition_signs_in_and_none_of_the_public_one() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&complet("qgis-deux")).await;
    for (question, entree) in [
        ("", None),
        ("?edition=privee", Some("maillag")),
        ("?edition=privee&authcfg=abc1234", Some("abc1234")),
    ] {
        let texte =
            projet(&octets(&essai, &format!("/qgis/qgis-deux.qgz{question}")).await, "qgis-deux");
        let sources = textes(&texte, "datasource");
        assert_eq!(sources.len(), 15);
        for source in &sources {
            let nommee =
                entree.is_some_and(|entree| source.ends_with(&format!("authcfg={entree}")));
            assert_eq!(nommee, entree.is_some(), "{source}");
            assert_eq!(source.contains("authcfg"), entree.is_some(), "{source}");
        }
        // Those of the réseau name it, and all name the public address.
        let du_reseau = sources
            .iter()
            .filter(|source| source.contains("qgis%2Ddeux") || source.contains("qgis%252Ddeux"));
        assert_eq!(du_reseau.count(), 6, "{sources:?}");
        assert!(sources.iter().all(|source| source.contains(crate::pays::URL)));
    }
}

#[tokio::test]
async fn a_hostile_name_stays_a_name() {
    let essai = Essai::nouveau().await;
    let mut reseau = complet("qgis-hostile").sans("partenaires.csv").avec(
        "partenaires.csv",
        &format!(
            "code,nom,sigle,type,siren,site,courriel,telephone,description,role,debut,fin,cadre\n\
             sde,\"{HOSTILE}\",,syndicat,,,,,,coordinateur,,,\ncaue,Conseil,,association,,,,,,,,,\n\
             adil,Agence,ADIL,association,,,,,,associe,2015-02-01,2019-12-31,\n"
        ),
    );
    reseau.declaration =
        reseau.declaration.replace("Réseau « qgis-hostile »", "[% env(1) %] & <x>");
    essai.pays.charger(&reseau).await;
    let texte = projet(&octets(&essai, "/qgis/qgis-hostile.qgz").await, "qgis-hostile");
    assert!(textes(&texte, "layername").len() == 15);
    assert!(!texte.contains("<b>") && !texte.contains("<x>"));
    assert!(texte.contains(
        "label=\"L&apos;« Agence » &lt;b&gt;&amp;amp; \\&apos; [ % env(&apos;HOME&apos;) %]\""
    ));
    // QGIS works out what stands between these marks in a text of the layout: only the date is there.
    let calcules: Vec<&str> =
        texte.lines().filter(|l| l.contains("labelText") && l.contains("[%")).collect();
    assert_eq!(calcules.len(), 1, "{calcules:?}");
    assert!(calcules[0].contains("format_date(now()"));
}

#[tokio::test]
async fn a_demonstration_says_so_in_layers_and_layout() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&complet("qgis-demo")).await;
    let texte = projet(&octets(&essai, "/qgis/qgis-demo.qgz").await, "qgis-demo");
    let noms = textes(&texte, "layername");
    assert_eq!(noms.iter().filter(|nom| nom.ends_with("(démonstration)")).count(), 6, "{noms:?}");
    assert!(
        textes(&texte, "rights").contains(&"Données de démonstration : Démonstration".to_owned())
    );
    assert_eq!(textes(&texte, "authid")[0], "EPSG:2154");
}

#[tokio::test]
async fn who_may_not_read_a_reseau_has_no_project_of_it() {
    let essai = Essai::nouveau().await;
    let mut dossier = complet("qgis-cache");
    dossier.declaration = format!("public = false\n{}", dossier.declaration);
    essai.pays.charger(&dossier).await;
    let membre = essai.entrer("membre@qgis.example", &["qgis-cache:lecteur"]).await;
    for adresse in
        ["/qgis/qgis-cache.qgz", "/qgis/qgis-cache.qlr?edition=privee", "/qgis/nulle-part.qgz"]
    {
        let refus = essai.lire(adresse, &[]).await;
        assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{adresse}");
        assert!(refus.entete("content-type").starts_with("application/problem+json"));
    }
    let privee = essai.lire("/qgis/qgis-cache.qlr?edition=privee", &[("cookie", &membre)]).await;
    assert_eq!(privee.statut, StatusCode::OK);
    assert_eq!(privee.entete("cache-control"), "private, no-cache");
    // The page lists what may be read, and no more.
    assert!(!essai.lire("/qgis", &[]).await.texte.contains("qgis-cache"));
    let page = essai.lire("/qgis", &[("cookie", &membre)]).await.texte;
    assert!(page.contains("/qgis/qgis-cache.qgz?edition=privee"));
}

#[tokio::test]
async fn what_is_no_project_is_a_sentence() {
    let essai = Essai::nouveau().await;
    for (adresse, statut) in [
        ("/qgis/drome", StatusCode::NOT_FOUND),
        ("/qgis/drome.shp", StatusCode::NOT_FOUND),
        ("/qgis/images/../mod.rs", StatusCode::NOT_FOUND),
        ("/qgis/images/rien.png", StatusCode::NOT_FOUND),
        ("/qgis/drome.qgz?edition=secrete", StatusCode::BAD_REQUEST),
        ("/qgis/drome.qgz?edition=privee&authcfg=trop-long", StatusCode::BAD_REQUEST),
        ("/qgis/drome.qgz?theme=eau", StatusCode::BAD_REQUEST),
    ] {
        let refus = essai.lire(adresse, &[]).await;
        assert_eq!(refus.statut, statut, "{adresse} : {}", refus.texte);
        assert!(refus.json()["detail"].as_str().unwrap().ends_with('.'), "{adresse}");
    }
}

#[tokio::test]
async fn the_page_shows_every_picture_that_it_names() {
    let essai = Essai::nouveau().await;
    let page = essai.lire("/qgis", &[]).await.texte;
    let images: Vec<&str> =
        page.split("src=\"").skip(1).map(|suite| suite.split('"').next().unwrap()).collect();
    assert!(images.len() >= 3, "{images:?}");
    for image in images {
        let lue = octets(&essai, image).await;
        assert!(lue.starts_with(b"\x89PNG") && lue.len() < 120_000, "{image} : {}", lue.len());
    }
    assert!(page.contains(&format!("{}/ogc", crate::pays::URL)));
    assert!(page.contains(&format!("{}/tuiles/communes/{{z}}/{{x}}/{{y}}", crate::pays::URL)));
}
