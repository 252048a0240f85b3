//! What the coverage alone may be limited to: a level of help, a state of demandes; and the rates that it gives.

use axum::http::StatusCode;
use serde_json::json;

use crate::dossier::Reseau;
use crate::pays::pays;
use crate::service::Essai;

#[tokio::test]
async fn a_level_keeps_the_partners_whose_fiches_say_it_for_the_theme() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("niveaux")
        .avec(
            "zones.csv",
            "z1,caue,,commune,26020,2010-01-01,\nz2,sde,,commune,26020,2010-01-01,\n",
        )
        .avec("perimetre.csv", "commune,26020,Commune 20,2019\n")
        .avec(
            "fiches.csv",
            "code,titre,description,genre,themes,niveau,cout,conditions,phases,expertises,publics,mots_cles\n\
             conseil,Un conseil,,,batiments,premier_niveau,,,,,,\n\
             etude,Une étude,,,eclairage,premier_niveau,,,,,,\n",
        )
        .avec(
            "fiches_partenaires.csv",
            "fiche,partenaire,niveau,cout,conditions\nconseil,caue,,,\netude,sde,approfondi,,\n",
        );
    pays.charger(&reseau).await;
    let aidants = async |suite: &str| {
        let lue = pays.lire(&format!("/api/couverture?reseau=niveaux{suite}")).await;
        (lue["unites"]["26020"]["partenaires"].clone(), lue["totaux"]["partenaires"].clone())
    };
    let un = (json!(1), json!(1));
    assert_eq!(aidants("").await.0, json!(2));
    assert_eq!(aidants("&niveau=premier_niveau").await, un);
    // What a partner says of its level comes before what the fiche says.
    assert_eq!(aidants("&niveau=approfondi").await, un);
    assert_eq!(aidants("&niveau=approfondi&theme=eclairage").await, un);
    assert_eq!(aidants("&niveau=approfondi&theme=batiments").await, (json!(0), json!(0)));
    let phrase = pays.refus("/api/couverture?reseau=niveaux&niveau=expert", 400).await;
    assert!(phrase.contains("premier_niveau, approfondi"), "{phrase}");
}

#[tokio::test]
async fn a_state_is_counted_for_those_who_follow_demandes_and_refused_to_others() {
    let essai = Essai::nouveau().await;
    let reseau = Reseau::nouveau("etats").avec(
        "demandes.csv",
        "D1,2018-03-01,caue,,eau-potable,commune,26002,2019,,terminee\n\
         D2,2018-03-02,caue,,eau-potable,commune,26002,2019,,en_cours\n\
         D3,2018-03-03,sde,,eclairage,commune,26001,2019,,terminee\n",
    );
    essai.pays.charger(&reseau).await;
    let adresse = "/api/couverture?reseau=etats&annee=2018&etat=terminee";
    let demandes = async |biscuit: &str| {
        let lue = essai.lire(adresse, &[("cookie", biscuit)]).await;
        (lue.statut, lue.json()["totaux"]["demandes"].clone())
    };
    assert_eq!(demandes("").await.0, StatusCode::FORBIDDEN);
    let voisin = essai.entrer("ailleurs@etats.example", &[]).await;
    assert_eq!(demandes(&voisin).await.0, StatusCode::FORBIDDEN);
    let coordinateur = essai.entrer("coord@etats.example", &["etats:coordinateur"]).await;
    assert_eq!(demandes(&coordinateur).await, (StatusCode::OK, json!(2)));
    // A partner counts its own, when partners do not see each other's.
    let caue = essai.entrer("caue@etats.example", &["etats:partenaire:caue"]).await;
    assert_eq!(demandes(&caue).await, (StatusCode::OK, json!(1)));
}

#[tokio::test]
async fn a_regroupement_has_a_population_a_point_and_a_surface_in_tiles() {
    let essai = Essai::nouveau().await;
    let reseau = Reseau::nouveau("surfaces")
        .avec("regroupements.csv", "code,nom,genre,regle\nnord,Canton nord,canton,\n")
        .avec("regroupements_communes.csv", "regroupement,commune\nnord,26001\nnord,26002\n");
    essai.pays.charger(&reseau).await;
    let adresse = "/api/couverture?reseau=surfaces&maille=regroupement";
    let canton = essai.pays.lire(adresse).await["unites"]["surfaces/nord"].clone();
    assert_eq!(canton["population"], 1200);
    let point: Vec<f64> = serde_json::from_value(canton["point"].clone()).unwrap();
    // The tile that holds its point.
    let n = f64::from(1 << 9);
    let lat = point[1].to_radians();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a tile of zoom 9")]
    let (x, y) = (
        ((point[0] + 180.0) / 360.0 * n) as u32,
        ((1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0 * n) as u32,
    );
    let tuile = essai.lire(&format!("/tuiles/regroupements/9/{x}/{y}?reseau=surfaces"), &[]).await;
    assert_eq!(tuile.statut, StatusCode::OK);
    assert!(tuile.texte.contains("surfaces/nord") && tuile.texte.contains("Canton nord"));
    let ailleurs =
        essai.lire(&format!("/tuiles/regroupements/9/{x}/{}?reseau=surfaces", y + 40), &[]).await;
    assert_eq!(ailleurs.statut, StatusCode::NO_CONTENT);
}
