//! Whom coordinators invite, what that tells them, and what links are good for.

use axum::http::StatusCode;
use maillage::comptes::registre;

use crate::dossier::Reseau;
use crate::pays::URL;
use crate::service::{Essai, PASSE};

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
    // Whom A invited, and who has not chosen a password: B offers a right too.
    let autre = inviter(&b, "equipe-b:lecteur").await;
    assert_eq!(autre.statut, StatusCode::OK);
    assert!(essai.lire(&lien(&autre.texte), &[]).await.texte.contains("Choisir un mot de passe"));
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

#[tokio::test]
async fn of_two_reseaux_that_invite_somebody_new_each_has_a_link_and_an_acceptance_of_its_own() {
    let essai = Essai::nouveau().await;
    for code in ["deux-a", "deux-b"] {
        let mut ferme = Reseau::nouveau(code);
        ferme.declaration = format!("public = false\n{}", ferme.declaration);
        essai.pays.charger(&ferme).await;
    }
    let a = essai.entrer("a@deux.example", &["deux-a:coordinateur"]).await;
    let b = essai.entrer("b@deux.example", &["deux-b:coordinateur"]).await;
    let choix = format!("mot_de_passe={PASSE}&confirmation={PASSE}");
    let lit = async |biscuit: &str, reseau: &str| {
        essai.lire(&format!("/api/reseaux/{reseau}"), &[("cookie", biscuit)]).await.statut
    };
    let numero = async |courriel: &str, reseau: &str| -> i32 {
        sqlx::query_scalar(
            "select d.id from droit d join compte c on c.id = d.compte where c.courriel = $1 and d.reseau = $2",
        )
        .bind(courriel)
        .bind(reseau)
        .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap()
    };
    // Whichever is followed first.
    for (rang, premier) in [("un", 0), ("deux", 1)] {
        let courriel = format!("neuve-{rang}@deux.example");
        let mut liens = vec![];
        for (biscuit, reseau) in [(&a, "deux-a"), (&b, "deux-b")] {
            let corps = format!("courriel={courriel}&nom=Neuve&droit={reseau}:lecteur");
            liens.push(lien(&essai.envoyer("/espace/equipe", biscuit, &corps).await.texte));
        }
        let reseaux = if premier == 0 { ["deux-a", "deux-b"] } else { ["deux-b", "deux-a"] };
        let (suivi, autre) = (&liens[premier], &liens[1 - premier]);
        let entree = essai.envoyer(suivi, "", &choix).await;
        assert_eq!(entree.entete("location"), "/espace", "{}", entree.texte);
        let neuve = entree.biscuit();
        assert_eq!(lit(&neuve, reseaux[0]).await, StatusCode::OK);
        // What the other offers is neither given nor accepted by whoever followed the first.
        assert_eq!(lit(&neuve, reseaux[1]).await, StatusCode::NOT_FOUND);
        let espace = essai.lire("/espace", &[("cookie", &neuve)]).await.texte;
        assert!(!espace.contains("/espace/invitations/"), "{espace}");
        let id = numero(&courriel, reseaux[1]).await;
        let accepter = format!("/espace/invitations/{id}/accepter");
        assert_eq!(essai.envoyer(&accepter, &neuve, "").await.statut, StatusCode::NOT_FOUND);
        // The other link chooses no password any more; it leads to signing in, and back.
        let refus = essai.envoyer(autre, "", &choix).await;
        assert_eq!(
            (refus.entete("location"), refus.entete("set-cookie")),
            (format!("/connexion?suite={autre}").as_str(), "")
        );
        // Somebody else who is signed in accepts nothing by it.
        assert_eq!(
            essai.envoyer(autre, &a, &choix).await.entete("location"),
            format!("/connexion?suite={autre}")
        );
        assert_eq!(lit(&a, "deux-b").await, StatusCode::NOT_FOUND);
        let corps = format!("courriel={courriel}&mot_de_passe={PASSE}&suite={autre}");
        let entree = essai.envoyer("/connexion", "", &corps).await;
        assert_eq!(entree.entete("location"), autre);
        let neuve = entree.biscuit();
        let page = essai.lire(autre, &[("cookie", &neuve)]).await.texte;
        assert!(
            page.contains(&format!("Réseau {}", reseaux[1])) && page.contains("Accepter"),
            "{page}"
        );
        assert_eq!(essai.envoyer(autre, &neuve, "").await.entete("location"), "/espace");
        for reseau in reseaux {
            assert_eq!(lit(&neuve, reseau).await, StatusCode::OK, "{reseau}");
        }
        assert_eq!(essai.lire(autre, &[]).await.statut, StatusCode::NOT_FOUND);
        let acceptes: Vec<(String, Option<String>)> = sqlx::query_as(
            "select j.reseau, j.origine from journal j
             where j.objet = 'droit' and j.operation = 'update' and j.auteur = $1 order by j.id",
        )
        .bind(&courriel)
        .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap();
        assert_eq!(
            acceptes,
            [(reseaux[0].to_owned(), None), (reseaux[1].to_owned(), Some("POST /lien".to_owned()))]
        );
    }
    // An offer that is taken back takes its link with it.
    let corps = "courriel=reprise@deux.example&nom=Reprise&droit=deux-a:lecteur";
    let repris = lien(&essai.envoyer("/espace/equipe", &a, corps).await.texte);
    let id = numero("reprise@deux.example", "deux-a").await;
    let retirer = format!("/espace/equipe/{id}/retirer");
    assert_eq!(essai.envoyer(&retirer, &a, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(essai.lire(&repris, &[]).await.statut, StatusCode::NOT_FOUND);
    // A link that the réseau gives again, once there is a password, leads to one's space.
    let corps = "courriel=tarde@deux.example&nom=Tarde&droit=deux-a:lecteur";
    let _ = essai.envoyer("/espace/equipe", &a, corps).await;
    let corps_b = "courriel=tarde@deux.example&nom=Tarde&droit=deux-b:lecteur";
    let suivi = lien(&essai.envoyer("/espace/equipe", &b, corps_b).await.texte);
    let tarde = essai.envoyer(&suivi, "", &choix).await.biscuit();
    let _ = essai.envoyer("/espace/equipe", &a, corps).await;
    let accepter =
        format!("/espace/invitations/{}/accepter", numero("tarde@deux.example", "deux-a").await);
    assert!(essai.lire("/espace", &[("cookie", &tarde)]).await.texte.contains(&accepter));
    assert_eq!(essai.envoyer(&accepter, &tarde, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(lit(&tarde, "deux-a").await, StatusCode::OK);
}

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
        let lien = lien(page);
        essai.lire(&lien, &[]).await.texte.replace(courriel, "X").replace(&lien, "L")
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
