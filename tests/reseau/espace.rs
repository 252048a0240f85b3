//! A partner's space, and the proposals that a coordinator decides on: who reads and writes what, and what two people at
//! once are told.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::service::{Essai, Recue};

/// A réseau with its people: two partners, a coordinator and a reader.
struct Maison {
    essai: Essai,
    reseau: &'static str,
    caue: String,
    sde: String,
    coordinateur: String,
    lecteur: String,
}

impl Maison {
    async fn nouvelle(reseau: &'static str) -> Self {
        let essai = Essai::nouveau().await;
        essai.pays.charger(&Reseau::nouveau(reseau)).await;
        let [caue, sde, coordinateur, lecteur] = essai.gens(reseau).await;
        Self { essai, reseau, caue, sde, coordinateur, lecteur }
    }

    async fn lire(&self, biscuit: &str, suite: &str) -> Recue {
        self.essai.lire(&format!("/espace/{}{suite}", self.reseau), &[("cookie", biscuit)]).await
    }

    async fn envoyer(&self, biscuit: &str, suite: &str, corps: &str) -> Recue {
        self.essai.envoyer(&format!("/espace/{}{suite}", self.reseau), biscuit, corps).await
    }

    async fn proposer(&self, precisions: Value) -> Recue {
        let mut zone = json!({
            "reseau": self.reseau, "partenaire": "caue", "code": "caue", "debut": "2020-01-01",
            "unites": ["commune:26001", "commune:26002"],
        });
        for (nom, valeur) in precisions.as_object().unwrap() {
            zone[nom] = valeur.clone();
        }
        let recue = self.essai.ecrire(Method::POST, "/api/zones", &self.caue, &zone).await;
        assert_eq!(recue.statut, StatusCode::CREATED, "{}", recue.texte);
        recue
    }

    async fn etat(&self, version: i16) -> String {
        sqlx::query_scalar(
            "select etat from zone where reseau = $1 and code = 'caue' and version = $2",
        )
        .bind(self.reseau)
        .bind(version)
        .fetch_one(&mut self.essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn a_partner_s_space_is_read_by_who_keeps_it_and_by_nobody_else() {
    let maison = Maison::nouvelle("chez-soi").await;
    maison.proposer(json!({ "nom": "Deux communes", "commentaire": "Mot au coordinateur" })).await;
    for suite in ["accueil", "zones", "zones/caue"] {
        let suite = format!("/partenaires/caue/{suite}");
        for (qui, biscuit, statut) in [
            ("personne", "", StatusCode::SEE_OTHER),
            ("caue", &maison.caue, StatusCode::OK),
            ("coordinateur", &maison.coordinateur, StatusCode::OK),
            ("sde", &maison.sde, StatusCode::NOT_FOUND),
            ("lecteur", &maison.lecteur, StatusCode::NOT_FOUND),
        ] {
            let lue = maison.lire(biscuit, &suite).await;
            assert_eq!(lue.statut, statut, "{qui} {suite} : {}", lue.texte);
            assert_eq!(
                lue.texte.contains("Deux communes"),
                statut == StatusCode::OK && !suite.ends_with("accueil")
            );
        }
    }
    let page = maison.lire(&maison.caue, "/partenaires/caue/zones/caue").await.texte;
    assert!(page.contains("Votre commentaire : Mot au coordinateur"), "{page}");
    // A zone of another, and one that is nobody's.
    for zone in ["sde", "caue-inconnu", "autre"] {
        let lue = maison.lire(&maison.caue, &format!("/partenaires/caue/zones/{zone}")).await;
        assert_eq!(lue.statut, StatusCode::NOT_FOUND, "{zone}");
    }
    // One that begins, for a theme of the partner.
    let neuve = maison.lire(&maison.caue, "/partenaires/caue/zones/caue-batiments").await;
    assert_eq!(neuve.statut, StatusCode::OK, "{}", neuve.texte);
    assert!(neuve.texte.contains("Nouvelle zone : "), "{}", neuve.texte);
    // The address of the réseau leads each to what is theirs.
    let entree = maison.lire(&maison.caue, "").await;
    assert_eq!(
        (entree.statut, entree.entete("location")),
        (StatusCode::SEE_OTHER, "/espace/chez-soi/partenaires/caue/accueil")
    );
    assert_eq!(maison.lire(&maison.lecteur, "").await.statut, StatusCode::NOT_FOUND);
    let accueil = maison.lire(&maison.coordinateur, "").await.texte;
    assert!(accueil.contains("attendent votre décision : 1"), "{accueil}");
    let espace = maison.essai.lire("/espace", &[("cookie", &maison.caue)]).await.texte;
    assert!(espace.contains("/espace/chez-soi/partenaires/caue/accueil"), "{espace}");
}

#[tokio::test]
async fn a_coordinator_decides_from_a_page_and_the_partner_reads_why() {
    let maison = Maison::nouvelle("decisions").await;
    maison.proposer(json!({ "commentaire": "Mot au coordinateur" })).await;
    let liste = maison.lire(&maison.coordinateur, "/propositions").await;
    assert!(liste.texte.contains("Mot au coordinateur"), "{}", liste.texte);
    for biscuit in [&maison.caue, &maison.sde, &maison.lecteur] {
        assert_eq!(maison.lire(biscuit, "/propositions").await.statut, StatusCode::NOT_FOUND);
        assert_eq!(
            maison.lire(biscuit, "/propositions/caue/1").await.statut,
            StatusCode::NOT_FOUND
        );
        let refus = maison.envoyer(biscuit, "/propositions/caue/1/validation", "revision=1").await;
        assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{}", refus.texte);
    }
    let une = maison.lire(&maison.coordinateur, "/propositions/caue/1").await;
    assert!(une.texte.contains("tout est nouveau"), "{}", une.texte);
    assert!(une.texte.contains("Communes ajoutées : 2"), "{}", une.texte);
    // Without a reason, nothing is refused, and what was read stays.
    let sans = maison
        .envoyer(&maison.coordinateur, "/propositions/caue/1/refus", "revision=1&motif=+")
        .await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sans.texte.contains("Un refus se motive"), "{}", sans.texte);
    let refus = "revision=1&motif=Il+manque+une+commune.";
    let refusee = maison.envoyer(&maison.coordinateur, "/propositions/caue/1/refus", refus).await;
    assert_eq!(refusee.entete("location"), "/espace/decisions/propositions?fait=refusee");
    assert_eq!(maison.etat(1).await, "refusee");
    // The second of two who decide is told what the first did.
    let second =
        maison.envoyer(&maison.coordinateur, "/propositions/caue/1/validation", "revision=1").await;
    assert_eq!(second.statut, StatusCode::CONFLICT, "{}", second.texte);
    assert!(second.texte.contains("refusée (« Il manque une commune. »)"), "{}", second.texte);
    let zones = maison.lire(&maison.caue, "/partenaires/caue/zones").await.texte;
    assert!(zones.contains("Il manque une commune."), "{zones}");
    // Corrected, proposed again, validated: then the next is compared with it.
    maison
        .proposer(
            json!({ "version": 1, "unites": ["commune:26001", "commune:26002", "commune:26003"] }),
        )
        .await;
    let validee =
        maison.envoyer(&maison.coordinateur, "/propositions/caue/2/validation", "revision=1").await;
    assert_eq!(validee.entete("location"), "/espace/decisions/propositions?fait=validee");
    assert_eq!(maison.etat(2).await, "validee");
    maison.proposer(json!({ "version": 2, "debut": "2021-01-01", "unites": ["commune:26001", "commune:26004"] })).await;
    let une = maison.lire(&maison.coordinateur, "/propositions/caue/3").await.texte;
    for phrase in [
        "1\u{a0}commune de plus, 2\u{a0}communes de moins",
        "Communes retirées : 2",
        "2\u{a0}communes sur",
    ] {
        assert!(une.contains(phrase), "{phrase} : {une}");
    }
}

#[tokio::test]
async fn a_proposal_is_taken_back_by_its_partner_and_a_zone_is_ended_by_the_coordinator() {
    let maison = Maison::nouvelle("retraits").await;
    maison.proposer(json!({})).await;
    let retrait = "/partenaires/caue/zones/caue/1/retrait";
    let refus = maison.envoyer(&maison.sde, retrait, "revision=1").await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND);
    let ancien = maison.envoyer(&maison.caue, retrait, "revision=9").await;
    assert_eq!(ancien.statut, StatusCode::CONFLICT, "{}", ancien.texte);
    let retiree = maison.envoyer(&maison.caue, retrait, "revision=1").await;
    assert_eq!(retiree.entete("location"), "/espace/retraits/partenaires/caue/zones?fait=retiree");
    let encore = maison.envoyer(&maison.caue, retrait, "revision=1").await;
    assert_eq!(encore.statut, StatusCode::CONFLICT, "{}", encore.texte);
    maison.proposer(json!({})).await;
    maison.envoyer(&maison.coordinateur, "/propositions/caue/1/validation", "revision=1").await;
    let fin = "/partenaires/caue/zones/caue/1/fin";
    let refus = maison.envoyer(&maison.caue, fin, "revision=2&fin=2030-12-31").await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", refus.texte);
    assert!(refus.texte.contains("Seul un coordinateur"), "{}", refus.texte);
    // A version that is in force is not taken back.
    let refus = maison.envoyer(&maison.caue, retrait, "revision=2").await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", refus.texte);
    let finie = maison.envoyer(&maison.coordinateur, fin, "revision=2&fin=2030-12-31").await;
    assert_eq!(finie.statut, StatusCode::SEE_OTHER, "{}", finie.texte);
    let zones = maison.lire(&maison.caue, "/partenaires/caue/zones").await.texte;
    assert!(zones.contains("31/12/2030"), "{zones}");
}

#[tokio::test]
async fn a_list_is_read_by_code_post_code_or_name_and_each_line_that_is_not_is_explained() {
    let maison = Maison::nouvelle("listes").await;
    let lire = async |biscuit: &str, suite: &str, corps: &str| {
        maison.envoyer(biscuit, &format!("/partenaires/caue/lecture{suite}"), corps).await
    };
    let refus = lire(&maison.sde, "", "26001").await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{}", refus.texte);
    let liste = "26001\ncommune 4\n26005;Commune 5;2000\nEPCI 200040459, 26399\n29400\nCommune 44444\n27100\n26198 Commune 198\n";
    let lue = lire(&maison.caue, "", liste).await;
    assert_eq!(lue.statut, StatusCode::OK, "{}", lue.texte);
    let lue = lue.json();
    let unites: Vec<&str> = lue["lieux"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lieu| lieu["unite"].as_str().unwrap())
        .collect();
    assert!(
        unites.starts_with(&[
            "commune:26001",
            "commune:26004",
            "commune:26005",
            "epci:200040459",
            "commune:26003"
        ]),
        "{lue}"
    );
    let raisons: Vec<(&str, &str)> = lue["anomalies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["place"].as_str().unwrap(), a["raison"].as_str().unwrap()))
        .collect();
    let dite = |ligne: &str, phrase: &str| {
        assert!(
            raisons.iter().any(|(place, raison)| *place == ligne && raison.contains(phrase)),
            "{ligne} {phrase} : {lue}"
        );
    };
    // A post code of two communes, and a name that is none.
    dite("ligne 5", "Ce code postal est celui de plusieurs communes");
    dite("ligne 6", "Vouliez-vous dire");
    let choix = lue["anomalies"][0]["choix"].as_array().unwrap();
    assert_eq!(choix.len(), 2, "{lue}");
    // A file: of codes, of a drawing, of nothing that is known.
    let codes =
        lire(&maison.caue, "?fichier=zone.csv", "code_insee;nom\n26001;Commune 1\n26999999;x\n")
            .await
            .json();
    assert_eq!(codes["anomalies"][0]["place"], "ligne 3", "{codes}");
    let carre = json!({ "type": "Polygon", "coordinates": [[[4.75, 44.1], [4.95, 44.1], [4.95, 44.3], [4.75, 44.3], [4.75, 44.1]]] });
    let dessin = lire(&maison.caue, "?fichier=zone.geojson", &carre.to_string()).await.json();
    assert_eq!(dessin["dessin"]["type"], "MultiPolygon", "{dessin}");
    let refus = lire(&maison.caue, "?fichier=zone.pdf", "%PDF").await;
    assert_eq!(refus.statut, StatusCode::BAD_REQUEST, "{}", refus.texte);
    assert!(refus.texte.contains("GeoPackage") && !refus.texte.contains("/tmp"), "{}", refus.texte);
    let trop = lire(&maison.caue, "?fichier=zone.geojson", &"x".repeat((8 << 20) + 1)).await;
    assert_eq!(trop.statut, StatusCode::PAYLOAD_TOO_LARGE, "{}", trop.texte);
}

#[tokio::test]
async fn a_file_and_a_name_are_proposed_without_script() {
    let maison = Maison::nouvelle("sans-script").await;
    let lire = async |champs: &[(&str, &str)], fichier: Option<(&str, &[u8])>| {
        let adresse = "/espace/sans-script/partenaires/caue/zones/caue/lue";
        maison.essai.envoyer_parties(adresse, &maison.caue, champs, fichier).await
    };
    let champs = [("geste", "remplacer"), ("nom", "Vallée"), ("debut", "2020-01-01")];
    let faux = lire(&champs, Some(("zone.gpkg", b"rien"))).await;
    assert_eq!(faux.statut, StatusCode::BAD_REQUEST, "{}", faux.texte);
    assert!(
        faux.texte.contains("Rien n'est proposé") && faux.texte.contains("zone.gpkg"),
        "{}",
        faux.texte
    );
    let vide = lire(&champs, None).await;
    assert!(vide.texte.contains("Écrivez une liste, ou choisissez un fichier."), "{}", vide.texte);
    // A table with a wrong line is explained; a right one is read.
    let faux = lire(&champs, Some(("zone.csv", b"code_insee\n26001\n99999\n"))).await;
    assert_eq!(faux.statut, StatusCode::BAD_REQUEST, "{}", faux.texte);
    assert!(
        faux.texte.contains("Rien n'a été reconnu") && faux.texte.contains("ligne 3"),
        "{}",
        faux.texte
    );
    let lu = lire(&champs, Some(("zone.csv", b"code_insee\n26001\n26002\n"))).await;
    assert_eq!(lu.statut, StatusCode::OK, "{}", lu.texte);
    for dite in ["2\u{a0}communes", "value=\"commune:26001\"", "value=\"Vallée\""] {
        assert!(lu.texte.contains(dite), "{dite} : {}", lu.texte);
    }
    // A drawing: the zone is it, or what it covers is added.
    let carre = json!({ "type": "Polygon", "coordinates": [[[4.75, 44.1], [4.95, 44.1], [4.95, 44.3], [4.75, 44.3], [4.75, 44.1]]] }).to_string();
    let ajoute = lire(
        &[("geste", "ajouter"), ("debut", "2020-01-01")],
        Some(("zone.geojson", carre.as_bytes())),
    )
    .await;
    assert!(ajoute.texte.contains("name=\"unite\" value=\"commune:"), "{}", ajoute.texte);
    let dessin = lire(&champs, Some(("zone.geojson", carre.as_bytes()))).await;
    let debut =
        dessin.texte.find("name=\"geometrie\" value=\"").expect("the drawing, to be sent again")
            + 24;
    let geometrie = dessin.texte[debut..].split('"').next().unwrap().replace("&quot;", "\"");
    let envoi = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("geometrie", geometrie.as_str()),
            ("nom", "Vallée"),
            ("debut", "2020-01-01"),
        ])
        .finish();
    let suite = "/partenaires/caue/zones/caue/proposition";
    let proposee = maison.envoyer(&maison.caue, suite, &envoi).await;
    assert_eq!(proposee.statut, StatusCode::SEE_OTHER, "{}", proposee.texte);
    assert!(proposee.entete("location").ends_with("fait=proposee"));
    assert_eq!(maison.etat(1).await, "proposee");
    let liste = maison.lire(&maison.caue, "/partenaires/caue/zones").await;
    assert!(liste.texte.contains("Vallée") && liste.texte.contains("dessinée"), "{}", liste.texte);
    let autre = maison
        .essai
        .envoyer_parties(
            "/espace/sans-script/partenaires/caue/zones/caue/lue",
            &maison.sde,
            &champs,
            None,
        )
        .await;
    assert_eq!(autre.statut, StatusCode::NOT_FOUND, "{}", autre.texte);
}

#[tokio::test]
async fn signing_out_clears_what_pages_had_kept_in_the_browser() {
    let maison = Maison::nouvelle("sorties").await;
    let sortie = maison.essai.envoyer("/deconnexion", &maison.caue, "").await;
    assert_eq!(sortie.entete("clear-site-data"), "\"storage\"");
}
