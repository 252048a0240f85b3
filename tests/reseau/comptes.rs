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
    assert_eq!(premiere.entete("cache-control"), "private, no-cache");
    assert!(premiere.entete("vary").contains("cookie"));
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

#[tokio::test]
async fn a_coordinator_invites_in_their_reseau_and_cannot_take_an_account() {
    let essai = Essai::nouveau().await;
    for code in ["equipe-a", "equipe-b"] {
        essai.pays.charger(&Reseau::nouveau(code)).await;
    }
    let a = essai.entrer("a@equipe.example", &["equipe-a:coordinateur"]).await;
    let b = essai.entrer("b@equipe.example", &["equipe-b:coordinateur"]).await;
    let inviter = async |biscuit: &str, droit: &str| {
        let corps = format!("courriel=nouvelle@equipe.example&nom=Nouvelle&droit={droit}");
        essai.envoyer("/espace/equipe", biscuit, &corps).await
    };
    let invitee = inviter(&a, "equipe-a:partenaire:caue").await;
    assert!(invitee.texte.contains(&format!("{URL}/lien/lien_")), "{}", invitee.texte);
    for (droit, attendu) in [
        ("equipe-b:lecteur", "Seul un coordinateur du réseau y invite."),
        ("equipe-a:partenaire:inconnu", "pas ce partenaire"),
        ("equipe-a:roi", "pas un droit"),
    ] {
        let refus = inviter(&a, droit).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{droit}");
        assert!(refus.texte.contains(attendu), "{droit} : {}", refus.texte);
    }
    // Whom A invited, and who has not chosen a password: B offers a right, and the link that B gets takes nothing.
    let autre = inviter(&b, "equipe-b:lecteur").await;
    assert_eq!(autre.statut, StatusCode::OK);
    let lien = lien(&autre.texte);
    assert!(essai.lire(&lien, &[]).await.texte.contains("Choisir un mot de passe"));
    let choix = format!("mot_de_passe={PASSE}&confirmation={PASSE}");
    let suivi = essai.envoyer(&lien, "", &choix).await;
    assert_eq!(
        (suivi.entete("location"), suivi.entete("set-cookie")),
        ("/connexion?suite=/espace", "")
    );
    // Each sees the rights of their own réseau.
    let page = essai.lire("/espace", &[("cookie", &b)]).await.texte;
    assert!(page.contains("nouvelle@equipe.example") && !page.contains("Partenaire : CAUE"));
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let numero: i32 = sqlx::query_scalar(
        "select id from droit where reseau = 'equipe-a' and role = 'partenaire'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    let adresse = format!("/espace/equipe/{numero}/retirer");
    assert_eq!(essai.envoyer(&adresse, &b, "").await.statut, StatusCode::NOT_FOUND);
    assert_eq!(essai.envoyer(&adresse, &a, "").await.statut, StatusCode::SEE_OTHER);

    let lignes: Vec<(String, String, Option<String>, String)> = sqlx::query_as(
        "select auteur, operation, origine, concat(avant, apres) from journal
         where reseau = 'equipe-a' and objet = 'droit' and auteur = 'a@equipe.example' order by id",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let faits: Vec<_> = lignes.iter().map(|ligne| (ligne.1.as_str(), ligne.2.as_deref())).collect();
    assert_eq!(
        faits,
        [("insert", Some("POST /espace/equipe")), ("delete", Some("POST /espace/equipe/retirer"))]
    );
    let secrets: i64 = sqlx::query_scalar(
        "select count(*) from journal where concat(avant, apres) ~ 'empreinte|argon2|lien_|mlg_'
         and concat(avant, apres) !~ '\"prefixe\"'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert_eq!(secrets, 0);
}

/// The path of the link that a page shows.
fn lien(page: &str) -> String {
    let debut = page.find("/lien/lien_").unwrap_or_else(|| panic!("{page}"));
    page[debut..].split('<').next().unwrap().to_owned()
}

/// What a coordinator sees of whom they invite is what they typed, until the person accepts: nothing tells whether the
/// address had an account.
#[tokio::test]
async fn inviting_tells_nothing_of_an_account_until_its_holder_accepts() {
    let essai = Essai::nouveau().await;
    for code in ["offre-a", "offre-b"] {
        let mut ferme = Reseau::nouveau(code);
        ferme.declaration = format!("public = false\n{}", ferme.declaration);
        essai.pays.charger(&ferme).await;
    }
    let coordinateur = essai.entrer("coord@offre.example", &["offre-a:coordinateur"]).await;
    let connue = essai.entrer("connue@offre.example", &["offre-b:lecteur"]).await;
    let inviter = async |courriel: &str| {
        let corps = format!("courriel={courriel}&nom=Mme Typée&droit=offre-a:partenaire:caue");
        let page = essai.envoyer("/espace/equipe", &coordinateur, &corps).await;
        assert_eq!(page.statut, StatusCode::OK, "{}", page.texte);
        page.texte
    };
    let avec = inviter("connue@offre.example").await;
    let sans = inviter("inconnue@offre.example").await;
    // The same page, but for the address and the secret.
    let membre = |page: &str, courriel: &str| {
        let debut = page.find("Les personnes de vos réseaux</h2>").unwrap();
        let rangs = page[debut..].split("<tr>").filter(|rang| rang.contains(courriel));
        let rang = rangs.last().unwrap().split("</tr>").next().unwrap().replace(courriel, "X");
        let (avant, apres) = rang.split_once("/espace/equipe/").unwrap();
        format!("{avant}{}", apres.trim_start_matches(char::is_numeric))
    };
    let rang = membre(&avec, "connue@offre.example");
    assert_eq!(rang, membre(&sans, "inconnue@offre.example"));
    assert!(rang.contains("Mme Typée") && rang.contains("invitation en attente"), "{rang}");
    let dit = |page: &str, courriel: &str| {
        let lien = lien(page);
        let fin = page.find("<h2>Vos droits").unwrap();
        page[..fin].replace(courriel, "X").replace(&lien, "L")
    };
    assert_eq!(dit(&avec, "connue@offre.example"), dit(&sans, "inconnue@offre.example"));
    assert!(!avec.contains("Anne &lt;b&gt;Martin&lt;/b&gt;, connue"), "{avec}");
    // Neither do the links, nor the journal, nor the database.
    let montre = async |page: &str, courriel: &str| {
        essai.lire(&lien(page), &[]).await.texte.replace(courriel, "X")
    };
    let (une, autre) = (
        montre(&avec, "connue@offre.example").await,
        montre(&sans, "inconnue@offre.example").await,
    );
    assert_eq!(une, autre);
    let journal = essai.lire("/espace/journal", &[("cookie", &coordinateur)]).await.texte;
    let offres = journal.split("<td>commande").next().unwrap();
    assert!(offres.contains("connue@offre.example") && !offres.contains("compte :"), "{offres}");

    // It is worth nothing before it is accepted, and nobody else accepts it.
    let lit = async |biscuit: &str| {
        essai.lire("/api/reseaux/offre-a", &[("cookie", biscuit)]).await.statut
    };
    assert_eq!(lit(&connue).await, StatusCode::NOT_FOUND);
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let numero: i32 = sqlx::query_scalar(
        "select d.id from droit d join compte c on c.id = d.compte
         where d.reseau = 'offre-a' and c.courriel = 'connue@offre.example'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    let accepter = format!("/espace/invitations/{numero}/accepter");
    for (adresse, biscuit) in [
        (&accepter, &coordinateur),
        (&format!("/espace/invitations/{numero}/refuser"), &coordinateur),
    ] {
        assert_eq!(essai.envoyer(adresse, biscuit, "").await.statut, StatusCode::NOT_FOUND);
    }
    let espace = essai.lire("/espace", &[("cookie", &connue)]).await.texte;
    assert!(espace.contains(&accepter), "{espace}");
    assert_eq!(essai.envoyer(&accepter, &connue, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(lit(&connue).await, StatusCode::OK);
    let page = essai.lire("/espace", &[("cookie", &coordinateur)]).await.texte;
    assert!(page.contains("Anne &lt;b&gt;Martin&lt;/b&gt;</td><td>connue@"), "{page}");
    // Whoever follows the link of an invitation accepts it.
    let choix = format!("mot_de_passe={PASSE}&confirmation={PASSE}");
    let nouvelle = essai.envoyer(&lien(&sans), "", &choix).await;
    assert_eq!(nouvelle.entete("location"), "/espace");
    assert_eq!(lit(&nouvelle.biscuit()).await, StatusCode::OK);
    // That of somebody who has an account opens none.
    let prise = essai.envoyer(&lien(&avec), "", &choix).await;
    assert_eq!(
        (prise.entete("location"), prise.entete("set-cookie")),
        ("/connexion?suite=/espace", "")
    );

    // One may say no.
    let page = inviter("tierce@offre.example").await;
    assert!(page.contains("tierce@offre.example"));
    let tierce = essai.entrer("refuse@offre.example", &[]).await;
    inviter("refuse@offre.example").await;
    let numero: i32 = sqlx::query_scalar(
        "select d.id from droit d join compte c on c.id = d.compte where c.courriel = 'refuse@offre.example'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    let refuser = format!("/espace/invitations/{numero}/refuser");
    assert_eq!(essai.envoyer(&refuser, &tierce, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(essai.envoyer(&refuser, &tierce, "").await.statut, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_people_type_has_bounds_that_are_said_and_that_the_database_holds() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&Reseau::nouveau("bornes")).await;
    let biscuit = essai.entrer("coord@bornes.example", &["bornes:coordinateur"]).await;
    let long = |n: usize| "é".repeat(n);
    let courriel = format!("{}@bornes.example", "a".repeat(250));
    for (adresse, corps, attendu) in [
        (
            "/espace/equipe",
            format!("courriel=a@b.example&nom={}&droit=bornes:lecteur", long(201)),
            "Le nom compte 201 caractères : 200 au plus.",
        ),
        (
            "/espace/equipe",
            format!("courriel={courriel}&nom=A&droit=bornes:lecteur"),
            "L&#39;adresse électronique compte 265 caractères : 254 au plus.",
        ),
        (
            "/espace/equipe",
            "courriel=a@b.example&nom=A%0D%0ABcc: tous@b.example&droit=bornes:lecteur".into(),
            "Le nom tient sur une ligne",
        ),
        (
            "/espace/equipe",
            format!("courriel=a@b.example&nom=A&droit={}", long(500)),
            "Le droit compte 500 caractères",
        ),
        (
            "/espace/jetons",
            format!("nom={}&jours=30", long(101)),
            "Le nom du jeton compte 101 caractères : 100 au plus.",
        ),
        (
            "/connexion",
            format!("courriel={courriel}&mot_de_passe=x"),
            "L&#39;adresse électronique compte 265 caractères",
        ),
        (
            "/connexion",
            format!("courriel=a@b.example&mot_de_passe={}", "a".repeat(201)),
            "au plus 200 caractères",
        ),
    ] {
        let refus = essai.envoyer(adresse, &biscuit, &corps).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{adresse} : {}", refus.texte);
        let attendu = attendu.replace("&#39;", "'");
        assert!(refus.texte.replace("&#39;", "'").contains(&attendu), "{}", refus.texte);
    }
    // Whatever the door.
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    for (colonnes, courriel, nom) in [
        ("un nom", "a1@b.example".to_owned(), long(201)),
        ("un nom vide", "a2@b.example".to_owned(), String::new()),
        ("une ligne", "a3@b.example".to_owned(), "A\nB".to_owned()),
        ("une adresse", courriel, "A".to_owned()),
        ("un espace", "a b@c.example".to_owned(), "A".to_owned()),
    ] {
        let refus = registre::creer(&mut connexion, &courriel, &nom, false).await;
        assert!(refus.is_err(), "{colonnes}");
    }
}

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
async fn a_link_that_was_kept_dies_when_another_reseau_gives_a_right() {
    let essai = Essai::nouveau().await;
    for code in ["premier", "second"] {
        essai.pays.charger(&Reseau::nouveau(code)).await;
    }
    let courriel = "vic@deux.example";
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    registre::creer(&mut connexion, courriel, "Vic", false).await.unwrap();
    registre::donner(&mut connexion, courriel, &"premier:lecteur".parse().unwrap()).await.unwrap();
    let garde = registre::lier(&mut connexion, courriel).await.unwrap();
    let adresse = |lien: &maillage::comptes::Secret| format!("/lien/{}", lien.montrer());
    assert_eq!(essai.lire(&adresse(&garde), &[]).await.statut, StatusCode::OK);
    registre::donner(&mut connexion, courriel, &"second:coordinateur".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(essai.lire(&adresse(&garde), &[]).await.statut, StatusCode::NOT_FOUND);
    // Following one ends the others: that of a lost password, here.
    let suivi = registre::lier(&mut connexion, courriel).await.unwrap();
    let reste = maillage::comptes::Secret::tirer("lien_").unwrap();
    sqlx::query("select demander_lien($1, $2)")
        .bind(courriel)
        .bind(reste.empreinte().octets())
        .execute(&mut connexion)
        .await
        .unwrap();
    assert_eq!(essai.lire(&adresse(&reste), &[]).await.statut, StatusCode::OK);
    let choix = format!("mot_de_passe={PASSE}&confirmation={PASSE}");
    let choisi = essai.envoyer(&adresse(&suivi), "", &choix).await;
    assert_eq!(choisi.statut, StatusCode::SEE_OTHER);
    assert_eq!(essai.lire(&adresse(&reste), &[]).await.statut, StatusCode::NOT_FOUND);
    // Whoever signs in is the author of it, and where from is not kept in the journal.
    let (auteur, apres): (String, Option<serde_json::Value>) = sqlx::query_as(
        "select auteur, apres from journal where objet = 'session' and auteur = $1 order by id desc limit 1",
    )
    .bind(courriel)
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert_eq!(auteur, courriel);
    assert!(apres.is_some_and(|apres| apres.get("adresse").is_none()));
}

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
