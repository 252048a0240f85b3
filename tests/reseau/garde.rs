//! What the service refuses, and what guards each of its answers.

use axum::http::StatusCode;

use crate::dossier::Reseau;
use crate::pays::URL;
use crate::service::Essai;

#[tokio::test]
async fn every_answer_is_guarded_and_nothing_that_a_request_claims_is_believed() {
    let essai = Essai::nouveau().await;
    let faux = [
        ("host", "ailleurs.example"),
        ("x-forwarded-host", "ailleurs.example"),
        ("x-forwarded-proto", "ftp"),
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "host=ailleurs.example"),
        ("origin", "https://ailleurs.example"),
    ];
    for adresse in
        ["/", "/api/reseaux", "/api/rien", "/tuiles/communes", "/connexion", "/espace", "/health"]
    {
        let recue = essai.lire(adresse, &faux).await;
        assert!(!recue.texte.contains("ailleurs.example"), "{adresse} : {}", recue.texte);
        for (nom, attendu) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("permissions-policy", "camera=()"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age="),
        ] {
            assert!(recue.entete(nom).contains(attendu), "{adresse} {nom} : {}", recue.entete(nom));
        }
        assert_eq!(recue.entete("access-control-allow-origin"), "", "{adresse}");
    }
    let tuiles = essai.lire("/tuiles/zones", &faux).await.json();
    assert!(tuiles["tiles"][0].as_str().is_some_and(|url| url.starts_with(URL)), "{tuiles}");
}

#[tokio::test]
async fn what_is_too_heavy_or_unreadable_is_refused_with_a_sentence() {
    let essai = Essai::nouveau().await;
    let lourd = format!("courriel=a@b.example&mot_de_passe={}", "a".repeat(70 << 10));
    let refus = essai.envoyer("/connexion", "", &lourd).await;
    assert_eq!(refus.statut, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refus.json()["detail"].as_str().unwrap().contains("64 Kio"), "{}", refus.texte);
    let incomplet = essai.envoyer("/connexion", "", "courriel=a@b.example").await;
    assert_eq!(incomplet.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let parametres: Vec<String> = (0..60).map(|n| format!("p{n}=1")).collect();
    let refus = essai.lire(&format!("/api/reseaux?{}", parametres.join("&")), &[]).await;
    assert_eq!(refus.statut, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_reseau_opens_its_own_map_and_answers_to_the_sites_that_it_names() {
    let essai = Essai::nouveau().await;
    let (site, ailleurs) = ("https://www.ladrome.example", "https://ailleurs.example");
    let mut reseau = Reseau::nouveau("ouverture");
    reseau.declaration =
        format!("cadres = ['{site}']\norigines = ['{site}']\n{}", reseau.declaration);
    essai.pays.charger(&reseau).await;
    essai.pays.charger(&Reseau::nouveau("sans-ouverture")).await;
    for (adresse, ouvert) in [
        ("/?reseau=ouverture", true),
        ("/api/reseaux/ouverture", true),
        ("/api/couverture?reseau=ouverture", true),
        ("/tuiles/zones?reseau=ouverture", true),
        ("/?reseau=sans-ouverture", false),
        ("/api/reseaux/sans-ouverture", false),
        ("/api/reseaux", false),
        ("/espace", false),
    ] {
        let recue = essai.lire(adresse, &[("origin", site)]).await;
        let attendue = if ouvert { site } else { "" };
        assert_eq!(recue.entete("access-control-allow-origin"), attendue, "{adresse}");
        assert_eq!(recue.entete("access-control-allow-credentials"), "", "{adresse}");
        let ancetres = recue.entete("content-security-policy").split("frame-ancestors ").nth(1);
        assert_eq!(ancetres, Some(if ouvert { site } else { "'none'" }), "{adresse}");
        let autre = essai.lire(adresse, &[("origin", ailleurs)]).await;
        assert_eq!(autre.entete("access-control-allow-origin"), "", "{adresse}");
    }
    for mauvais in ["https://a.example/chemin", "a.example", "https://a.example; script-src *", "*"]
    {
        let mut reseau = Reseau::nouveau("ouverture");
        reseau.declaration = format!("cadres = ['{mauvais}']\n{}", reseau.declaration);
        let refus = essai.pays.essayer(&reseau).await.unwrap_err().to_string();
        assert!(refus.contains("n'est pas un site"), "{refus}");
    }
}
