//! People and programs: signing in and out, tokens, and what counts from the next request.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use maillage::comptes::registre;
use serde_json::Value;

use crate::dossier::Reseau;
use crate::pays::URL;
use crate::service::{Essai, PASSE};

#[tokio::test]
async fn a_link_is_followed_once_and_opens_a_session() {
    let essai = Essai::nouveau().await;
    let courriel = "anne@lien.example";
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    registre::creer(&mut connexion, courriel, "Anne <b>Martin</b>", false).await.unwrap();
    let lien = registre::lier(&mut connexion, courriel).await.unwrap();
    let adresse = format!("/lien/{}", lien.montrer());
    let page = essai.lire(&adresse, &[]).await;
    assert!(page.texte.contains("Anne &lt;b&gt;Martin&lt;/b&gt;"), "{}", page.texte);
    assert_eq!(page.entete("cache-control"), "no-store");
    for (un, deux, attendu) in
        [("court", "court", "de 12 à 200 caractères"), (PASSE, "autre-chose-de-long", "diffèrent")]
    {
        let refus =
            essai.envoyer(&adresse, "", &format!("mot_de_passe={un}&confirmation={deux}")).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refus.texte.contains(attendu), "{}", refus.texte);
    }
    let corps = format!("mot_de_passe={PASSE}&confirmation={PASSE}");
    let choisi = essai.envoyer(&adresse, "", &corps).await;
    let biscuit = choisi.entete("set-cookie");
    assert!(biscuit.starts_with("__Host-maillage="), "{biscuit}");
    for attribut in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(biscuit.contains(attribut), "{attribut} : {biscuit}");
    }
    assert_eq!(essai.moi(&choisi.biscuit()).await["courriel"], courriel);
    assert_eq!(essai.envoyer(&adresse, "", &corps).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(essai.lire(&adresse, &[]).await.statut, StatusCode::NOT_FOUND);

    let sorti = essai.envoyer("/deconnexion", &choisi.biscuit(), "").await;
    assert!(sorti.entete("set-cookie").contains("Max-Age=0"), "{}", sorti.entete("set-cookie"));
    assert_eq!(essai.moi(&choisi.biscuit()).await["courriel"], Value::Null);
}

#[tokio::test]
async fn sign_ins_that_fail_slow_down_the_next_ones_from_there_alone() {
    let essai = Essai::nouveau().await;
    essai.entrer("lent@frein.example", &[]).await;
    let entrer = async |client: &str, passe: &str| {
        let corps = format!("courriel=Lent@frein.example&mot_de_passe={passe}&suite=//ailleurs.fr");
        essai.envoyer_depuis(client, "/connexion", &corps).await
    };
    let entre = entrer("2001:db8:aa::1", PASSE).await;
    assert_eq!((entre.statut, entre.entete("location")), (StatusCode::SEE_OTHER, "/espace"));
    for fois in 0..5 {
        // Whoever has an address of version 6 has as many as they like of the same half.
        let refus = entrer(&format!("2001:db8:bb:1:{fois}::7"), "un-autre-mot-de-passe").await;
        assert_eq!(refus.statut, StatusCode::UNAUTHORIZED);
        assert!(refus.texte.contains("ne convient pas") && refus.entete("set-cookie").is_empty());
    }
    // There, even the right one waits.
    let frein = entrer("2001:db8:bb:1::8", PASSE).await;
    assert_eq!(frein.statut, StatusCode::TOO_MANY_REQUESTS);
    assert!(frein.entete("retry-after").parse::<u32>().unwrap() > 600);
    // Elsewhere the holder of the account is not kept out by what others try, wherever that is.
    for client in ["2001:db8:aa::2", "2001:db8:bb:2::8", "192.0.2.8"] {
        assert_eq!(entrer(client, PASSE).await.statut, StatusCode::SEE_OTHER, "{client}");
    }
    // An address written in the form of version 6 is that of version 4.
    for _ in 0..5 {
        entrer("::ffff:192.0.2.9", "un-autre-mot-de-passe").await;
    }
    assert_eq!(entrer("192.0.2.9", PASSE).await.statut, StatusCode::TOO_MANY_REQUESTS);
    // An address that has no account is answered alike.
    let inconnu =
        essai.envoyer("/connexion", "", "courriel=personne@frein.example&mot_de_passe=x").await;
    assert_eq!(inconnu.statut, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn many_addresses_together_guess_no_faster_and_keep_nobody_out_of_where_they_work() {
    let essai = Essai::nouveau().await;
    essai.entrer("vise@frein.example", &[]).await;
    let entrer = async |client: &str, passe: &str| {
        let corps = format!("courriel=vise@frein.example&mot_de_passe={passe}");
        essai.envoyer_depuis(client, "/connexion", &corps).await.statut
    };
    let bureau = "198.51.100.7";
    assert_eq!(entrer(bureau, PASSE).await, StatusCode::SEE_OTHER);
    // What SECURITY.md promises: fifty tries in a quarter of an hour, whoever makes them.
    for rang in 0..50 {
        let client = format!("203.0.113.{}", rang / 4);
        assert_eq!(entrer(&client, "un-autre-mot").await, StatusCode::UNAUTHORIZED, "{rang}");
    }
    assert_eq!(entrer("203.0.113.200", PASSE).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(entrer(bureau, PASSE).await, StatusCode::SEE_OTHER);
    // What is known is known for a time.
    sqlx::query(
        "update adresse_connue set vue_le = now() - interval '31 days' where adresse = $1::inet",
    )
    .bind(bureau)
    .execute(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(entrer(bureau, PASSE).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_write_comes_from_a_page_of_ours() {
    let essai = Essai::nouveau().await;
    let biscuit = essai.entrer("origine@page.example", &[]).await;
    for (nom, valeur) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://ailleurs.example"),
        ("origin", "null"),
        ("x-sans-origine", ""),
    ] {
        let entetes = [("cookie", biscuit.as_str()), (nom, valeur), ("host", "ailleurs.example")];
        let refus = essai.demander(Method::POST, "/deconnexion", &entetes, "").await;
        assert_eq!(refus.statut, StatusCode::FORBIDDEN, "{nom}: {valeur}");
        assert!(refus.json()["detail"].as_str().unwrap().contains("page de ce service"));
    }
    assert_eq!(essai.moi(&biscuit).await["courriel"], "origine@page.example");
    let entetes = [("cookie", biscuit.as_str()), ("origin", URL)];
    let sorti = essai.demander(Method::POST, "/deconnexion", &entetes, "").await;
    assert_eq!(sorti.statut, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_changes_in_rights_counts_from_the_next_request() {
    let essai = Essai::nouveau().await;
    let mut ferme = Reseau::nouveau("suivi").avec(
        "demandes.csv",
        "D1,2018-03-01,sde,,eclairage,commune,26001,2019,Un objet,terminee\n",
    );
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    essai.pays.charger(&ferme).await;
    let courriel = "qui@suivi.example";
    let biscuit = essai.entrer(courriel, &["suivi:partenaire:caue"]).await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let lue = async || essai.lire("/api/demandes?reseau=suivi", &[("cookie", &biscuit)]).await;
    let premiere = lue().await;
    assert_eq!(premiere.json()["demandes"][0]["objet"], Value::Null);
    // They may say whom to call: nobody keeps them.
    assert_eq!(premiere.entete("cache-control"), "no-store");
    registre::donner(&mut connexion, courriel, &"suivi:coordinateur".parse().unwrap())
        .await
        .unwrap();
    // What was kept ready is dropped as soon as the service hears of it.
    for essais in 0.. {
        if lue().await.json()["demandes"][0]["objet"] == "Un objet" {
            break;
        }
        assert!(essais < 40, "the change was never heard of");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    registre::activer(&mut connexion, courriel, false).await.unwrap();
    assert_eq!(lue().await.statut, StatusCode::NOT_FOUND);
    assert_eq!(essai.moi(&biscuit).await["courriel"], Value::Null);
}

#[tokio::test]
async fn a_token_reads_what_its_account_may_in_its_reseau_until_it_ends() {
    let essai = Essai::nouveau().await;
    for code in ["jeton-un", "jeton-deux"] {
        let mut ferme = Reseau::nouveau(code);
        ferme.declaration = format!("public = false\n{}", ferme.declaration);
        essai.pays.charger(&ferme).await;
    }
    let droits = ["jeton-un:lecteur", "jeton-deux:lecteur"];
    let biscuit = essai.entrer("programme@jeton.example", &droits).await;
    let page = essai.envoyer("/espace/jetons", &biscuit, "nom=QGIS&reseau=jeton-un&jours=30").await;
    let debut = page.texte.find("<code>mlg_").unwrap() + 6;
    let jeton = page.texte[debut..].split('<').next().unwrap().to_owned();
    let porteur = format!("Bearer {jeton}");
    let lire = async |adresse: &str, autorisation: &str| {
        essai.lire(adresse, &[("authorization", autorisation)]).await.statut
    };
    assert_eq!(lire("/api/reseaux/jeton-un", &porteur).await, StatusCode::OK);
    assert_eq!(lire("/api/reseaux/jeton-deux", &porteur).await, StatusCode::NOT_FOUND);
    // As the password of Basic, under any name: `qgis:` and the token.
    let base = {
        use base64::Engine;
        base64::prelude::BASE64_STANDARD.encode(format!("qgis:{jeton}"))
    };
    assert_eq!(lire("/api/reseaux/jeton-un", &format!("Basic {base}")).await, StatusCode::OK);
    for faux in [
        format!("Bearer mlx_{}", &jeton[4..]),
        format!("Bearer {}", &jeton[..jeton.len() - 1]),
        format!("Bearer {jeton}A"),
        "Bearer".into(),
        "Basic !!!".into(),
        format!("Digest {jeton}"),
    ] {
        assert_eq!(lire("/api/reseaux/jeton-un", &faux).await, StatusCode::UNAUTHORIZED, "{faux}");
    }
    let refus = essai.lire("/api/reseaux", &[("authorization", "Bearer mlg_faux")]).await;
    assert!(refus.entete("www-authenticate").starts_with("Basic realm"), "{:?}", refus.entetes);
    // In the address it is a parameter that nothing reads, and that is refused.
    let dans_l_adresse = essai.lire(&format!("/api/reseaux/jeton-un?jeton={jeton}"), &[]).await;
    assert_eq!(dans_l_adresse.statut, StatusCode::BAD_REQUEST);
    // A token makes no token, and is not for pages.
    let entetes = [("authorization", porteur.as_str()), ("sec-fetch-site", "same-origin")];
    let refus =
        essai.demander(Method::POST, "/espace/jetons", &entetes, "nom=Autre&jours=30").await;
    assert_eq!(refus.statut, StatusCode::UNAUTHORIZED);

    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let executer = async |connexion: &mut sqlx::PgConnection, ordre: &'static str| {
        sqlx::query(ordre).bind(&jeton[..12]).execute(connexion).await.unwrap();
    };
    executer(
        &mut connexion,
        "update jeton set expire_le = now() - interval '1 s' where prefixe = $1",
    )
    .await;
    assert_eq!(lire("/api/reseaux/jeton-un", &porteur).await, StatusCode::UNAUTHORIZED);
    executer(
        &mut connexion,
        "update jeton set expire_le = now() + interval '1 day' where prefixe = $1",
    )
    .await;
    assert_eq!(lire("/api/reseaux/jeton-un", &porteur).await, StatusCode::OK);
    let numero: i32 = sqlx::query_scalar("select id from jeton where prefixe = $1")
        .bind(&jeton[..12])
        .fetch_one(&mut connexion)
        .await
        .unwrap();
    // Somebody else's number is nobody's.
    let autre = essai.entrer("autre@jeton.example", &[]).await;
    let adresse = format!("/espace/jetons/{numero}/revoquer");
    assert_eq!(essai.envoyer(&adresse, &autre, "").await.statut, StatusCode::NOT_FOUND);
    assert_eq!(essai.envoyer(&adresse, &biscuit, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(lire("/api/reseaux/jeton-un", &porteur).await, StatusCode::UNAUTHORIZED);
}

/// What a coordinator sees of whom they invite is what they typed, until the person accepts: nothing tells whether the
/// address had an account.
#[tokio::test]
async fn a_private_tile_is_served_to_none_but_those_who_may_whatever_the_order() {
    let essai = Essai::nouveau().await;
    let mut ferme = Reseau::nouveau("tuile-privee")
        .avec("zones.csv", "z-secrete,caue,,epci,200040459,2010-01-01,\n");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    essai.pays.charger(&ferme).await;
    let lecteur = essai.entrer("lecteur@tuile.example", &["tuile-privee:lecteur"]).await;
    let partenaire = essai.entrer("caue@tuile.example", &["tuile-privee:partenaire:caue"]).await;
    let etranger = essai.entrer("ailleurs@tuile.example", &[]).await;
    let qui =
        [("", false), (lecteur.as_str(), true), (partenaire.as_str(), true), (&etranger, false)];
    let voit = |texte: &str| texte.contains("z-secrete");
    // Every order of the four, over a cache that the former ones have warmed.
    let mut ordres = vec![vec![]];
    for n in 0..4 {
        ordres = ordres
            .into_iter()
            .flat_map(|ordre: Vec<usize>| {
                (0..=n).map(move |place| {
                    let mut ordre = ordre.clone();
                    ordre.insert(place, n);
                    ordre
                })
            })
            .collect();
    }
    assert_eq!(ordres.len(), 24);
    for ordre in ordres {
        for personne in ordre {
            let (biscuit, peut) = qui[personne];
            let tuile = essai.lire("/tuiles/zones/8/131/92", &[("cookie", biscuit)]).await;
            assert_eq!(voit(&tuile.texte), peut, "{biscuit}");
            let seule = "/tuiles/zones/8/131/92?reseau=tuile-privee";
            let tuile = essai.lire(seule, &[("cookie", biscuit)]).await;
            let attendu = if peut { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(tuile.statut, attendu, "{biscuit}");
            if peut {
                assert_eq!(tuile.entete("cache-control"), "private, no-cache");
            }
            let aide = "/api/reseaux/tuile-privee";
            assert_eq!(essai.lire(aide, &[("cookie", biscuit)]).await.statut, attendu);
        }
    }
}

/// A coordinator who kept the link shown with an invitation does not take the account once another réseau trusts it.
#[tokio::test]
async fn what_a_browser_sends_from_elsewhere_is_refused_whatever_it_shows() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&Reseau::nouveau("ailleurs")).await;
    let jeton = essai.pays.jeton("prog@ailleurs.example", &["ailleurs:lecteur"]).await;
    let porteur = format!("Bearer {jeton}");
    let entetes = [("authorization", porteur.as_str()), ("sec-fetch-site", "cross-site")];
    let refus = essai
        .demander(axum::http::Method::POST, "/connexion", &entetes, "courriel=a&mot_de_passe=b")
        .await;
    assert_eq!(refus.statut, StatusCode::FORBIDDEN);
    for (adresse, attendu) in [
        ("/api/reseaux/%00", StatusCode::BAD_REQUEST),
        ("/tuiles/zones/8/131/92?du=x%0AINFO%20faux", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(essai.lire(adresse, &[]).await.statut, attendu, "{adresse}");
    }
    let nul = essai.envoyer("/connexion", "", "courriel=a%00b&mot_de_passe=c").await;
    assert_eq!(nul.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let sienne = essai.lire("/api/moi", &[("authorization", &porteur)]).await;
    assert_eq!(sienne.entete("cache-control"), "no-store");
}
