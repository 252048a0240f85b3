//! What coordinators keep from pages, and nobody else: partners, themes, fiches, the réseau itself.

use axum::http::{Method, StatusCode};
use maillage::comptes::Principal;
use maillage::coordination::{Fondation, fonder};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection};

use crate::complet::{complet, peupler};
use crate::dossier::Reseau;
use crate::matrice::{TENUES, session};
use crate::pays::{Pays, pays};
use crate::service::{Essai, Recue};

/// A form as browsers send it.
fn corps(paires: &[(&str, &str)]) -> String {
    let mut corps = form_urlencoded::Serializer::new(String::new());
    for (nom, valeur) in paires {
        corps.append_pair(nom, valeur);
    }
    corps.finish()
}

/// The value of a hidden field of a page, as a form sends it back.
fn lu(page: &str) -> String {
    let debut =
        page.find("name=\"lu\" value=\"").expect("a form that says what it was read with") + 17;
    page[debut..].split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&")
}

async fn charger(essai: &Essai, code: &str) {
    essai.pays.charger(&Reseau::nouveau(code)).await;
}

/// A page of a coordinator.
async fn lire(essai: &Essai, biscuit: &str, adresse: &str) -> Recue {
    let lue = essai.lire(adresse, &[("cookie", biscuit)]).await;
    assert_eq!(lue.statut, StatusCode::OK, "{adresse} : {}", lue.texte);
    lue
}

async fn api(essai: &Essai, adresse: &str) -> Value {
    // What was kept ready is dropped as soon as the service hears of a change.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    essai.lire(adresse, &[]).await.json()
}

#[tokio::test]
async fn a_partner_a_theme_and_a_fiche_are_added_and_found_by_who_needs_them() {
    let essai = Essai::nouveau().await;
    charger(&essai, "pages").await;
    let biscuit = essai.entrer("coord@pages.example", &["pages:coordinateur"]).await;
    let envoyer = async |adresse: &str, paires: &[(&str, &str)]| {
        let recue = essai.envoyer(adresse, &biscuit, &corps(paires)).await;
        assert_eq!(recue.statut, StatusCode::SEE_OTHER, "{adresse} : {}", recue.texte);
        recue.entete("location").to_owned()
    };
    envoyer(
        "/espace/pages/ajouter/themes",
        &[("libelle", "Haies et bocage"), ("mots_cles", "arbre\r\n\r\n plantation \r\narbre")],
    )
    .await;
    let suite = envoyer(
        "/espace/pages/ajouter/partenaires",
        &[
            ("nom", "Chambre d'agriculture"),
            ("sigle", "CA 26"),
            ("siren", "182 600 015"),
            ("role", "partenaire"),
            ("courriel", "accueil@chambre.example"),
            ("telephone", "04 75 00 00 00"),
            ("site", "https://chambre.example/"),
            ("themes", "haies-et-bocage"),
            ("themes", "batiments"),
            ("debut", "2018-01-01"),
        ],
    )
    .await;
    assert_eq!(suite, "/espace/pages/partenaires?fait=enregistre");
    assert!(lire(&essai, &biscuit, &suite).await.texte.contains("C'est enregistré."));
    envoyer(
        "/espace/pages/ajouter/fiches",
        &[
            ("titre", "Planter une haie"),
            ("niveau", "premier_niveau"),
            ("cout", "gratuit"),
            ("themes", "haies-et-bocage"),
            ("partenaires", "ca-26"),
            ("publics", "communes"),
        ],
    )
    .await;
    let reseau = api(&essai, "/api/reseaux/pages").await;
    let partenaire =
        reseau["partenaires"].as_array().unwrap().iter().find(|p| p["code"] == "ca-26").unwrap();
    assert_eq!(partenaire["nom"], "Chambre d'agriculture");
    assert_eq!(partenaire["telephone"], "04 75 00 00 00");
    assert_eq!(partenaire["themes"], serde_json::json!(["batiments", "haies-et-bocage"]));
    let fiches = api(&essai, "/api/reseaux/pages/fiches?q=haie").await;
    assert_eq!(fiches["fiches"][0]["titre"], "Planter une haie", "{fiches}");
    assert_eq!(fiches["fiches"][0]["partenaires"][0]["nom"], "Chambre d'agriculture");

    // What a partner asks for in its own way, on the fiche that it now gives.
    let page = lire(&essai, &biscuit, "/espace/pages/fiches/planter-une-haie").await.texte;
    assert!(page.contains("En propre : Chambre d'agriculture"), "{page}");
    let avant = lu(&page);
    envoyer(
        "/espace/pages/fiches/planter-une-haie",
        &[
            ("titre", "Planter une haie"),
            ("niveau", "premier_niveau"),
            ("cout", "gratuit"),
            ("lu", &avant),
            ("themes", "haies-et-bocage"),
            ("partenaires", "ca-26"),
            ("publics", "communes"),
            ("cout:ca-26", "payant"),
            ("conditions:ca-26", "Convention"),
        ],
    )
    .await;
    let fiches = api(&essai, "/api/reseaux/pages/fiches?q=haie").await;
    let donnee = &fiches["fiches"][0]["partenaires"][0];
    assert_eq!((&donnee["cout"], &donnee["conditions"]), (&"payant".into(), &"Convention".into()));
    assert_eq!(fiches["fiches"][0]["cout"], "gratuit");

    // Who did it, from where.
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let faits: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "select objet, auteur, origine from journal
         where reseau = 'pages' and operation = 'insert' and auteur like '%@%' order by id",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let objets: Vec<_> = faits.iter().map(|fait| fait.0.as_str()).collect();
    assert_eq!(
        objets,
        [
            "theme",
            "organisme",
            "partenaire",
            "partenaire_theme",
            "partenaire_theme",
            "fiche",
            "fiche_theme",
            "fiche_partenaire"
        ]
    );
    assert!(faits.iter().all(|fait| fait.1 == "coord@pages.example"
        && fait.2.as_deref().is_some_and(|origine| origine.starts_with("POST /espace/pages/"))));
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field_and_nothing_typed_is_lost() {
    let essai = Essai::nouveau().await;
    charger(&essai, "fautes").await;
    let biscuit = essai.entrer("coord@fautes.example", &["fautes:coordinateur"]).await;
    let refus = essai
        .envoyer(
            "/espace/fautes/ajouter/partenaires",
            &biscuit,
            &corps(&[
                ("nom", "<b>Un & deux</b>"),
                ("siren", "182600014"),
                ("role", "roi"),
                ("courriel", "pas une adresse"),
                ("site", "chambre.example"),
                ("telephone", "demandez Anne"),
                ("debut", "2018-02-01"),
                ("fin", "01/01/2018"),
                ("themes", "inconnu"),
                ("description", &"x".repeat(4001)),
            ]),
        )
        .await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    for phrase in [
        "la clé de contrôle est fausse",
        "« roi » n'est plus parmi les choix",
        "« pas une adresse » n'est pas une adresse électronique",
        "« chambre.example » doit commencer par https://",
        "Un numéro est fait de chiffres",
        "finit avant d'avoir commencé",
        "« inconnu » n'est plus parmi les choix",
        "Ce texte compte 4001 caractères : 4000 au plus.",
        "value=\"&lt;b&gt;Un &amp; deux&lt;/b&gt;\"",
        "value=\"demandez Anne\"",
        "aria-invalid=\"true\"",
    ] {
        assert!(refus.texte.contains(phrase), "{phrase}");
    }
    assert_eq!(refus.texte.matches("Rien n'est enregistré.").count(), 1);
    // The réseau's own.
    let page = lire(&essai, &biscuit, "/espace/fautes/reglages").await.texte;
    let avant = lu(&page);
    let reglages = |couleur: &str, cadres: &str| {
        corps(&[
            ("nom", "Réseau fautes"),
            ("nom_court", "Réseau fautes"),
            ("couleur", couleur),
            ("public", "oui"),
            ("guichet_nom", "Guichet"),
            ("conservation_mois", "36"),
            ("journal_mois", "24"),
            ("cadres", cadres),
            ("lu", &avant),
        ])
    };
    let refus = essai
        .envoyer(
            "/espace/fautes/reglages",
            &biscuit,
            &reglages("#ffee00", "https://a.example/chemin"),
        )
        .await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refus.texte.contains("est trop claire pour se lire sur du blanc"), "{}", refus.texte);
    assert!(refus.texte.contains("n'est pas un site"));
    let fait = essai
        .envoyer("/espace/fautes/reglages", &biscuit, &reglages("#1E4D5C", "https://a.example"))
        .await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    assert_eq!(api(&essai, "/api/reseaux/fautes").await["couleur"], "#1e4d5c");
    let carte = essai.lire("/?reseau=fautes", &[]).await;
    assert!(carte.entete("content-security-policy").contains("https://a.example"));
}

#[tokio::test]
async fn whoever_saves_second_is_shown_what_the_first_changed() {
    let essai = Essai::nouveau().await;
    charger(&essai, "deux").await;
    let anne = essai.entrer("anne@deux.example", &["deux:coordinateur"]).await;
    let luc = essai.entrer("luc@deux.example", &["deux:coordinateur"]).await;
    let adresse = "/espace/deux/themes/eclairage";
    let avant = lu(&lire(&essai, &anne, adresse).await.texte);
    let envoi = |libelle: &str, mots: &str, lu: &str| {
        corps(&[("libelle", libelle), ("mots_cles", mots), ("lu", lu)])
    };
    let mots = "lampadaire\r\ntoiture solaire";
    let premier = essai.envoyer(adresse, &anne, &envoi("Éclairage", "lampe", &avant)).await;
    assert_eq!(premier.statut, StatusCode::SEE_OTHER);
    let second = essai.envoyer(adresse, &luc, &envoi("Lumière publique", mots, &avant)).await;
    assert_eq!(second.statut, StatusCode::CONFLICT, "{}", second.texte);
    for phrase in [
        "anne@deux.example",
        "Changé entre-temps en « Éclairage ». Ce que vous aviez écrit est gardé ici.",
        "value=\"Lumière publique\"",
        // What he had not touched is hers.
        ">lampe</textarea>",
    ] {
        assert!(second.texte.contains(phrase), "{phrase} : {}", second.texte);
    }
    // Seen, it is saved.
    let vu = lu(&second.texte);
    let troisieme = essai.envoyer(adresse, &luc, &envoi("Lumière publique", "lampe", &vu)).await;
    assert_eq!(troisieme.statut, StatusCode::SEE_OTHER, "{}", troisieme.texte);
    let reseau = api(&essai, "/api/reseaux/deux").await;
    assert!(
        reseau["themes"].as_array().unwrap().iter().any(|t| t["libelle"] == "Lumière publique")
    );
    // A session that ends meanwhile takes nothing with it.
    let perdu = essai.envoyer(adresse, "", &envoi("Tapé longtemps", "lampe", &vu)).await;
    assert_eq!(perdu.statut, StatusCode::UNAUTHORIZED);
    assert!(
        perdu.texte.contains("value=\"Tapé longtemps\"")
            && perdu.texte.contains("Reconnectez-vous")
    );
}

#[tokio::test]
async fn what_has_served_ends_and_is_not_taken_away() {
    let essai = Essai::nouveau().await;
    let dossier = Reseau::nouveau("sert")
        .avec("zones.csv", "z,caue,eau-potable,commune,26001,2010-01-01,\n")
        .avec("demandes.csv", "D1,2018-03-01,sde,,eclairage,commune,26002,2019,,terminee\n");
    essai.pays.charger(&dossier).await;
    let biscuit = essai.entrer("coord@sert.example", &["sert:coordinateur"]).await;
    for (objet, code, phrase) in [
        ("partenaires", "caue", "zones qui en dépendent : 1"),
        ("partenaires", "sde", "demandes qui le citent : 1"),
        ("themes", "eau-potable", "zones qui en dépendent : 1"),
        ("themes", "eau", "thèmes rangés dessous : 2"),
        ("themes", "eclairage", "demandes qui le citent : 1"),
    ] {
        let refus =
            essai.envoyer(&format!("/espace/sert/{objet}/{code}/retirer"), &biscuit, "").await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert!(refus.texte.contains(phrase), "{code} : {}", refus.texte);
    }
    // A theme that a zone names stays with its partner: the zone would go with it.
    let page = lire(&essai, &biscuit, "/espace/sert/partenaires/caue").await.texte;
    let decoche = corps(&[
        ("nom", "Conseil d'architecture"),
        ("sigle", "CAUE"),
        ("type", "association"),
        ("role", "partenaire"),
        ("site", "https://caue.example/"),
        ("description", "Conseille les communes."),
        ("themes", "batiments"),
        ("lu", &lu(&page)),
    ]);
    let refus = essai.envoyer("/espace/sert/partenaires/caue", &biscuit, &decoche).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refus.texte.contains("un thème que vous décochez : Eau potable"), "{}", refus.texte);
    // It ends instead, and helps nobody the day after.
    let fini = corps(&[
        ("nom", "Conseil d'architecture"),
        ("sigle", "CAUE"),
        ("type", "association"),
        ("role", "partenaire"),
        ("site", "https://caue.example/"),
        ("description", "Conseille les communes."),
        ("themes", "batiments"),
        ("themes", "eau-potable"),
        ("fin", "2018-06-30"),
        ("lu", &lu(&page)),
    ]);
    let fait = essai.envoyer("/espace/sert/partenaires/caue", &biscuit, &fini).await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    let reseau = api(&essai, "/api/reseaux/sert").await;
    assert_eq!(reseau["partenaires"][0]["fin"], "2018-06-30");
    // What nothing names goes.
    let parti = essai.envoyer("/espace/sert/themes/assainissement/retirer", &biscuit, "").await;
    assert_eq!(parti.statut, StatusCode::UNPROCESSABLE_ENTITY, "a partner has it");
    let ajoute = essai
        .envoyer(
            "/espace/sert/ajouter/themes",
            &biscuit,
            &corps(&[("libelle", "Erreur"), ("parent", "eau")]),
        )
        .await;
    assert_eq!(ajoute.statut, StatusCode::SEE_OTHER);
    let parti = essai.envoyer("/espace/sert/themes/erreur/retirer", &biscuit, "").await;
    assert_eq!(parti.statut, StatusCode::SEE_OTHER, "{}", parti.texte);
}

#[tokio::test]
async fn themes_and_fiches_are_put_in_order() {
    let essai = Essai::nouveau().await;
    charger(&essai, "ordre").await;
    let biscuit = essai.entrer("coord@ordre.example", &["ordre:coordinateur"]).await;
    let codes = async || {
        let mut connexion = essai.pays.base.connexion().await.unwrap();
        let codes: Vec<String> = sqlx::query_scalar(
            "select code from theme where reseau = 'ordre' and parent is null order by rang, code",
        )
        .fetch_all(&mut connexion)
        .await
        .unwrap();
        codes
    };
    assert_eq!(codes().await, ["eau", "batiments", "eclairage"]);
    for (code, sens, attendu) in [
        ("eclairage", "haut", ["eau", "eclairage", "batiments"]),
        ("eau", "bas", ["eclairage", "eau", "batiments"]),
        ("eclairage", "haut", ["eclairage", "eau", "batiments"]),
        ("batiments", "bas", ["eclairage", "eau", "batiments"]),
    ] {
        let fait = essai
            .envoyer(
                &format!("/espace/ordre/themes/{code}/deplacer"),
                &biscuit,
                &format!("sens={sens}"),
            )
            .await;
        assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
        assert_eq!(codes().await, attendu, "{code} {sens}");
    }
}

/// What each role may do to each table that pages write, asked of the database itself.
#[tokio::test]
async fn only_coordinators_write_and_only_in_their_reseau() {
    let pays = pays().await;
    peupler(&pays, "tenu").await;
    pays.charger(&complet("autrui")).await;
    let piscine = pays.base.piscine();
    let mut qui = vec![("public", Principal::Public)];
    for (nom, droit) in [
        ("lecteur", "tenu:lecteur"),
        ("partenaire", "tenu:partenaire:caue"),
        ("voisin", "autrui:coordinateur"),
        ("coordinateur", "tenu:coordinateur"),
    ] {
        qui.push((nom, session(&pays, &format!("{nom}@tenu.example"), &[droit]).await));
    }
    let ordres = [
        ("reseau", "update reseau set nom_court = 'x', origine = 'page' where code = 'tenu'"),
        (
            "partenaire",
            "update partenaire set site = 'https://x.example', origine = 'page' where reseau = 'tenu'",
        ),
        (
            "partenaire",
            "insert into partenaire (reseau, code, organisme, rang, role, origine)
             select 'tenu', 'nouveau', organisme, 9, 'partenaire', 'page' from partenaire
             where reseau = 'tenu' and organisme ~ '^[0-9]{9}$' limit 1",
        ),
        (
            "theme",
            "insert into theme (reseau, code, libelle, rang, origine) values ('tenu', 'x', 'X', 9, 'page')",
        ),
        ("theme", "update theme set libelle = 'x', origine = 'page' where reseau = 'tenu'"),
        (
            "fiche",
            "insert into fiche (reseau, code, titre, rang, origine) values ('tenu', 'x', 'X', 9, 'page')",
        ),
        ("fiche", "update fiche set titre = 'x', origine = 'page' where reseau = 'tenu'"),
        (
            "partenaire_theme",
            "insert into partenaire_theme (reseau, partenaire, theme) values ('tenu', 'adil', 'eclairage')",
        ),
        ("partenaire_theme", "delete from partenaire_theme where reseau = 'tenu'"),
        (
            "fiche_theme",
            "insert into fiche_theme (reseau, fiche, theme) values ('tenu', 'a-fiche', 'eau')",
        ),
        ("fiche_theme", "delete from fiche_theme where reseau = 'tenu'"),
        ("fiche_partenaire", "update fiche_partenaire set cout = 'gratuit' where reseau = 'tenu'"),
        ("fiche_partenaire", "delete from fiche_partenaire where reseau = 'tenu'"),
        ("declaration", "update declaration set date = '2020-01-01' where reseau = 'tenu'"),
        ("declaration", "delete from declaration where reseau = 'tenu'"),
        ("livraison", "insert into livraison (reseau, partenaire) values ('tenu', 'adil')"),
    ];
    for table in TENUES {
        assert!(ordres.iter().any(|(nom, _)| *nom == table), "{table}");
    }
    for (table, ordre) in ordres {
        for (nom, principal) in &qui {
            let mut transaction = principal.ecriture(&piscine, "essai").await.unwrap();
            let fait =
                sqlx::query(AssertSqlSafe(ordre.to_owned())).execute(&mut *transaction).await;
            let ecrites = match fait {
                Ok(fait) => fait.rows_affected(),
                Err(erreur) => {
                    let code =
                        erreur.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned());
                    assert_eq!(code.as_deref(), Some("42501"), "{nom} : {ordre} : {erreur}");
                    0
                }
            };
            // A partner notes what it delivers, its own alone.
            let permis = *nom == "coordinateur"
                && !(ordre.contains("insert into partenaire ") && ecrites == 0);
            assert_eq!(ecrites > 0, permis, "{nom} : {table} : {ordre}");
        }
    }
    // Nobody changes what names a row, nor whose it is.
    let coordinateur = &qui[4].1;
    for ordre in [
        "update partenaire set code = 'x' where reseau = 'tenu'",
        "update theme set reseau = 'autrui' where reseau = 'tenu'",
        "update reseau set code = 'x' where code = 'tenu'",
        "update reseau set demonstration = false where code = 'tenu'",
        "update organisme set nom = 'x'",
        "insert into organisme (code, nom) values ('x', 'x')",
        "insert into reseau (code, nom) values ('x', 'x')",
        "update partenaire set organisme = 'autrui/caue', origine = 'page' where reseau = 'tenu' and code = 'adil'",
        "update theme set libelle = 'x', origine = 'dossier' where reseau = 'tenu'",
        "select inscrire_organisme('autrui', 'caue', null, 'x', null, null)",
        "select creer_reseau('x', 'x', '26')",
        "select fonder_reseau('x', 'x', '26')",
    ] {
        let mut transaction = coordinateur.ecriture(&piscine, "essai").await.unwrap();
        let fait = sqlx::query(AssertSqlSafe(ordre.to_owned())).execute(&mut *transaction).await;
        let code = fait.err().and_then(|e| Some(e.into_database_error()?.code()?.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{ordre}");
    }
    // What something names is not deleted, whoever asks: the policy does not show it.
    for table in ["partenaire", "theme", "fiche"] {
        let mut transaction = coordinateur.ecriture(&piscine, "essai").await.unwrap();
        let zones = "select count(*) from zone where reseau = 'tenu'";
        let avant: i64 = sqlx::query_scalar(zones).fetch_one(&mut *transaction).await.unwrap();
        let ordre = format!("delete from {table} where reseau = 'tenu'");
        sqlx::query(AssertSqlSafe(ordre)).execute(&mut *transaction).await.unwrap();
        let apres: i64 = sqlx::query_scalar(zones).fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(avant, apres, "{table}");
    }
}

#[tokio::test]
async fn pages_are_for_coordinators_and_forms_for_pages_of_ours() {
    let essai = Essai::nouveau().await;
    for code in ["gardee", "voisine"] {
        charger(&essai, code).await;
    }
    let coord = essai.entrer("coord@gardee.example", &["gardee:coordinateur"]).await;
    let autres = [
        essai.entrer("lecteur@gardee.example", &["gardee:lecteur"]).await,
        essai.entrer("caue@gardee.example", &["gardee:partenaire:caue"]).await,
        essai.entrer("coord@voisine.example", &["voisine:coordinateur"]).await,
    ];
    let pages = [
        "",
        "/reglages",
        "/equipe",
        "/propositions",
        "/collecte",
        "/partenaires",
        "/partenaires/caue",
        "/themes",
        "/themes/eau",
        "/fiches",
        "/ajouter/partenaires",
        "/ajouter/themes",
        "/ajouter/fiches",
    ];
    for page in pages {
        let adresse = format!("/espace/gardee{page}");
        let lue = lire(&essai, &coord, &adresse).await;
        assert_eq!(lue.entete("cache-control"), "no-store", "{adresse}");
        for biscuit in &autres {
            let refus = essai.lire(&adresse, &[("cookie", biscuit)]).await;
            // Whoever speaks for a partner is led from the réseau to its space.
            match page.is_empty() && *biscuit == autres[1] {
                true => {
                    assert_eq!(refus.entete("location"), "/espace/gardee/partenaires/caue/accueil")
                }
                false => assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{adresse}"),
            }
            assert!(!refus.texte.contains("Conseil d'architecture"), "{adresse}");
        }
        let entrer = essai.lire(&adresse, &[]).await;
        assert_eq!(entrer.statut, StatusCode::SEE_OTHER, "{adresse}");
        assert!(entrer.entete("location").starts_with("/connexion?suite="), "{adresse}");
    }
    let actions = [
        "/reglages",
        "/ajouter/partenaires",
        "/partenaires/caue",
        "/partenaires/caue/retirer",
        "/themes/eau/deplacer",
        "/partenaires/caue/declarations",
        "/equipe/1",
    ];
    let envoi = corps(&[("libelle", "X"), ("nom", "X"), ("sens", "haut"), ("date", "2018-01-01")]);
    for action in actions {
        let adresse = format!("/espace/gardee{action}");
        for biscuit in &autres {
            let refus = essai.envoyer(&adresse, biscuit, &envoi).await;
            assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{adresse}");
        }
        for (nom, valeur) in
            [("sec-fetch-site", "cross-site"), ("origin", "https://ailleurs.example")]
        {
            let entetes = [("cookie", coord.as_str()), (nom, valeur)];
            let refus = essai.demander(Method::POST, &adresse, &entetes, &envoi).await;
            assert_eq!(refus.statut, StatusCode::FORBIDDEN, "{adresse}");
        }
    }
    for inconnue in ["/partenaires/personne", "/themes/x", "/rien", "/rien/x"] {
        let refus = essai.lire(&format!("/espace/gardee{inconnue}"), &[("cookie", &coord)]).await;
        assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{inconnue}");
    }
}

#[tokio::test]
async fn a_folder_does_not_write_over_what_pages_changed_and_says_so() {
    let essai = Essai::nouveau().await;
    let dossier = complet("mixte");
    essai.pays.charger(&dossier).await;
    let biscuit = essai.entrer("coord@mixte.example", &["mixte:coordinateur"]).await;
    let corriger = async |objet: &str, code: &str, paires: &[(&str, &str)]| {
        let adresse = format!("/espace/mixte/{objet}{code}");
        let page = lire(&essai, &biscuit, &adresse).await.texte;
        let mut paires = paires.to_vec();
        let avant = lu(&page);
        paires.push(("lu", &avant));
        let fait = essai.envoyer(&adresse, &biscuit, &corps(&paires)).await;
        assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    };
    corriger(
        "partenaires",
        "/adil",
        &[("nom", "Agence du logement"), ("role", "associe"), ("themes", "batiments")],
    )
    .await;
    corriger("themes", "/eclairage", &[("libelle", "Lumière"), ("mots_cles", "lampe")]).await;
    corriger(
        "fiches",
        "/a-fiche",
        &[("titre", "Une étude de plus"), ("themes", "eclairage"), ("partenaires", "caue")],
    )
    .await;
    corriger(
        "reglages",
        "",
        &[
            ("nom", "Réseau mixte"),
            ("nom_court", "Mixte"),
            ("conservation_mois", "12"),
            ("journal_mois", "24"),
            ("public", "oui"),
        ],
    )
    .await;
    let ajoute = essai
        .envoyer(
            "/espace/mixte/ajouter/partenaires",
            &biscuit,
            &corps(&[("nom", "Tard venu"), ("role", "partenaire")]),
        )
        .await;
    assert_eq!(ajoute.statut, StatusCode::SEE_OTHER);

    let bilan = essai.pays.charger(&dossier).await;
    let dits: Vec<_> =
        bilan.remarques.iter().filter(|r| r.contains("dans les pages du coordinateur")).collect();
    assert_eq!(dits.len(), 4, "{:?}", bilan.remarques);
    for objet in
        ["partenaire « adil »", "thème « eclairage »", "fiche « a-fiche »", "réseau « mixte »"]
    {
        assert!(dits.iter().any(|dit| dit.contains(objet)), "{objet} : {dits:?}");
    }
    let reseau = api(&essai, "/api/reseaux/mixte").await;
    let du = |code: &str| {
        reseau["partenaires"].as_array().unwrap().iter().find(|p| p["code"] == code).cloned()
    };
    assert_eq!(du("adil").unwrap()["nom"], "Agence du logement");
    assert_eq!(du("adil").unwrap()["debut"], Value::Null);
    assert!(du("tard-venu").is_some() && du("sde").unwrap()["telephone"] == "+33 4 75");
    assert_eq!(reseau["nom"], "Réseau mixte");
    assert!(reseau["themes"].to_string().contains("Lumière"));
    // The rest is the folder's still.
    assert_eq!(reseau["annee"], 2018);

    // Written from the database, the folder says the same, and nothing is said of it.
    let lieu = tempfile::tempdir().unwrap();
    let place = lieu.path().join("mixte");
    maillage::rapports::textes::exporter(&essai.pays.base, "mixte", place.clone(), false)
        .await
        .unwrap();
    let bilan = maillage::rapports::textes::importer(&essai.pays.base, place, &Default::default())
        .await
        .unwrap();
    let dits: Vec<_> =
        bilan.remarques.iter().filter(|r| r.contains("dans les pages du coordinateur")).collect();
    assert!(dits.is_empty() && bilan.rejets.is_empty(), "{dits:?} {:?}", bilan.rejets);
}

#[tokio::test]
async fn a_body_that_another_reseau_has_keeps_its_name() {
    let essai = Essai::nouveau().await;
    charger(&essai, "premiere").await;
    charger(&essai, "seconde").await;
    let une = essai.entrer("une@corps.example", &["premiere:coordinateur"]).await;
    let autre = essai.entrer("autre@corps.example", &["seconde:coordinateur"]).await;
    let ajouter = async |reseau: &str, biscuit: &str, nom: &str| {
        let champs = corps(&[("nom", nom), ("siren", "130025265"), ("role", "partenaire")]);
        essai.envoyer(&format!("/espace/{reseau}/ajouter/partenaires"), biscuit, &champs).await
    };
    assert_eq!(
        ajouter("premiere", &une, "Service du numérique").await.statut,
        StatusCode::SEE_OTHER
    );
    // Its name need not be typed again, and cannot be changed from elsewhere.
    let refus = ajouter("seconde", &autre, "Autre nom").await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refus.texte.contains("Un autre réseau a cet organisme"), "{}", refus.texte);
    assert_eq!(ajouter("seconde", &autre, "").await.statut, StatusCode::SEE_OTHER);
    let deja = ajouter("seconde", &autre, "").await;
    assert!(deja.texte.contains("C'est déjà celui de Service du numérique"), "{}", deja.texte);
    let noms: Vec<String> =
        sqlx::query_scalar("select nom from organisme where siren = '130025265'")
            .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap();
    assert_eq!(noms, ["Service du numérique"]);
}

#[tokio::test]
async fn rights_are_changed_and_taken_back_from_the_reseau() {
    let essai = Essai::nouveau().await;
    charger(&essai, "droits-pages").await;
    let coord = essai.entrer("coord@droits.example", &["droits-pages:coordinateur"]).await;
    let luc = essai.entrer("luc@droits.example", &["droits-pages:lecteur"]).await;
    let numero = async |courriel: &str| -> i32 {
        sqlx::query_scalar(
            "select d.id from droit d join compte c on c.id = d.compte where c.courriel = $1",
        )
        .bind(courriel)
        .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap()
    };
    let changer = async |id: i32, corps: &str| {
        essai.envoyer(&format!("/espace/droits-pages/equipe/{id}"), &coord, corps).await
    };
    let change =
        changer(numero("luc@droits.example").await, "droit=droits-pages:partenaire:caue").await;
    assert_eq!(change.statut, StatusCode::SEE_OTHER, "{}", change.texte);
    assert_eq!(essai.moi(&luc).await["droits"][0]["partenaire"], "caue");
    for (droit, phrase) in [
        ("droit=ailleurs:lecteur", "d'un autre réseau"),
        ("droit=droits-pages:partenaire:personne", "n'existe plus"),
        ("droit=droits-pages:roi", "pas un droit"),
    ] {
        let refus = changer(numero("luc@droits.example").await, droit).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{droit}");
        assert!(refus.texte.contains(phrase), "{droit} : {}", refus.texte);
    }
    let refus = changer(numero("coord@droits.example").await, "").await;
    assert!(refus.texte.contains("votre propre droit de coordinateur"), "{}", refus.texte);
    assert_eq!(changer(numero("luc@droits.example").await, "").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(essai.moi(&luc).await["droits"], serde_json::json!([]));
}

/// The administrator's session.
async fn administrateur(pays: &Pays, essai: &Essai, courriel: &str) -> String {
    let biscuit = essai.entrer(courriel, &[]).await;
    sqlx::query("update compte set administrateur = true where courriel = $1")
        .bind(courriel)
        .execute(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    biscuit
}

#[tokio::test]
async fn a_departement_becomes_an_empty_reseau_that_its_administrator_opens() {
    let essai = Essai::nouveau().await;
    let personne = essai.entrer("simple@cree.example", &[]).await;
    let adresse = "/espace/nouveau-reseau";
    assert_eq!(essai.lire(adresse, &[("cookie", &personne)]).await.statut, StatusCode::NOT_FOUND);
    let admin = administrateur(&essai.pays, &essai, "admin@cree.example").await;
    let page = lire(&essai, &admin, &format!("{adresse}?departement=26")).await.texte;
    assert!(page.contains("communes, ") && page.contains("millésime 2026"), "{page}");
    let creer = async |code: &str| {
        let champs = corps(&[("departement", "26"), ("nom", "Réseau neuf"), ("code", code)]);
        essai.envoyer(adresse, &admin, &champs).await
    };
    for (code, phrase) in
        [("Neuf", "lettres minuscules"), ("journal", "une page du service"), ("", "à remplir")]
    {
        let refus = creer(code).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert!(
            refus.texte.contains(phrase) && refus.texte.contains("Réseau neuf"),
            "{code} : {}",
            refus.texte
        );
    }
    let cree = creer("neuf").await;
    assert_eq!(cree.entete("location"), "/espace/neuf?fait=enregistre", "{}", cree.texte);
    assert!(creer("neuf").await.texte.contains("Un réseau a déjà le code"));
    let accueil = lire(&essai, &admin, "/espace/neuf").await.texte;
    assert!(
        accueil.contains("Inscrire les partenaires") && accueil.contains("à faire."),
        "{accueil}"
    );
    // Closed until it is opened; resolved as a folder's would be.
    assert_eq!(essai.lire("/api/reseaux/neuf", &[]).await.statut, StatusCode::NOT_FOUND);
    let couverture =
        essai.lire("/api/couverture?reseau=neuf&maille=commune", &[("cookie", &admin)]).await;
    assert_eq!(couverture.statut, StatusCode::OK, "{}", couverture.texte);
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let communes: (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where t.code is not null)
         from perimetre_actuel p join millesime m on m.annee = p.millesime
         left join territoire t on t.edition = m.edition and t.maille = p.maille and t.code = p.code
           and (t.departement = '26' or t.maille = 'epci')
         where p.reseau = 'neuf' and p.millesime = 2026",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert!(communes.0 > 10 && communes.0 == communes.1, "{communes:?}");
    // Without a partner, nobody has said that there is nobody.
    let totaux = &couverture.json()["totaux"];
    assert_eq!(
        (&totaux["unites_couvertes"], &totaux["unites_sans_partenaire"]),
        (&0.into(), &0.into())
    );
    assert_eq!(totaux["unites_non_renseignees"], totaux["unites"], "{totaux}");

    // The same from the command line.
    let mut transaction = connexion.begin().await.unwrap();
    let fondation = |code: &str, departement: &str| Fondation {
        code: code.into(),
        nom: "Réseau de la ligne".into(),
        departement: departement.into(),
    };
    assert!(fonder(&mut transaction, &fondation("ligne", "99")).await.is_err());
    assert!(fonder(&mut transaction, &fondation("neuf", "26")).await.is_err());
    let apercu = fonder(&mut transaction, &fondation("ligne", "26")).await.unwrap();
    let perimetre: i64 = sqlx::query_scalar(
        "select count(*) from perimetre where reseau = 'ligne' and maille = 'commune'",
    )
    .fetch_one(&mut *transaction)
    .await
    .unwrap();
    assert_eq!(apercu.communes, perimetre);
}

#[tokio::test]
async fn the_board_says_who_has_delivered_and_what_is_to_be_looked_at() {
    let essai = Essai::nouveau().await;
    let dossier = Reseau::nouveau("tableau-collecte")
        .avec("declarations.csv", "partenaire,theme,date\nsde,,2018-05-02\n")
        .avec(
            "demandes.csv",
            "D1,2018-03-01,sde,,eclairage,commune,26001,2019,Lampes,terminee\n\
             D2,2018-03-20,adil,,batiments,commune,26001,2019,Toit,terminee\n",
        );
    let mut dossier = dossier;
    dossier.fichiers.retain(|(nom, _)| *nom != "declarations.csv");
    dossier.fichiers.push(("declarations.csv", "partenaire,theme,date\nsde,,2018-05-02\n".into()));
    essai.pays.charger(&dossier).await;
    let tables = crate::demandes::Essai::du_reseau(essai.pays.clone(), "tableau-collecte");
    tables
        .charger(
            "ref,date,code insee,theme,objet\nT1,2018-04-01,26001,batiments,Toiture\nT2,2018-04-02,26002,inconnu du réseau,X\n\
             T3,2018-04-03,99999,batiments,Y\n",
        )
        .await;
    let biscuit = essai.entrer("coord@collecte.example", &["tableau-collecte:coordinateur"]).await;
    let page = lire(&essai, &biscuit, "/espace/tableau-collecte/collecte?annee=2018").await.texte;
    for phrase in [
        "3 partenaires sur 3 ont livré des demandes de 2018.",
        "Partenaires dont les zones ne sont pas déclarées complètes : 2.",
        "déclarées complètes le 02/05/2018",
        "avec le dossier du réseau",
        "nouvelles : 1, changées : 0, identiques : 0",
        "1 lignes refusées : sans thème, ou d'un thème inconnu",
        "1 lignes refusées : bénéficiaire introuvable",
        "doublon possible avec un autre partenaire",
        "« Toiture »",
        "(adil : D2)",
    ] {
        assert!(page.contains(phrase), "{phrase} : {page}");
    }
    let page = lire(&essai, &biscuit, "/espace/tableau-collecte/collecte?annee=2017").await.texte;
    assert!(
        page.contains("0 partenaires sur 3") && page.contains("Manquent : Conseil d'architecture"),
        "{page}"
    );
    // The same table loaded as a trial is no delivery.
    let livraisons: Vec<(String, i32)> = sqlx::query_as(
        "select partenaire, nouvelles from livraison where reseau = 'tableau-collecte'",
    )
    .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(livraisons, [("caue".to_owned(), 1)]);
}

#[tokio::test]
async fn reminders_are_for_who_asked_and_say_what_is_missing() {
    let essai = Essai::nouveau().await;
    let dossier = Reseau::nouveau("rappele")
        .avec("zones.csv", "z,sde,,commune,26001,2010-01-01,\n")
        .avec("demandes.csv", "D1,2018-03-01,sde,,eclairage,commune,26001,2019,Lampes,terminee\n")
        .avec("declarations.csv", "partenaire,theme,date\nsde,,2018-05-02\n");
    essai.pays.charger(&dossier).await;
    let coord = essai.entrer("coord@rappele.example", &["rappele:coordinateur"]).await;
    let caue = essai.entrer("caue@rappele.example", &["rappele:partenaire:caue"]).await;
    let sde = essai.entrer("sde@rappele.example", &["rappele:partenaire:sde"]).await;
    let lecteur = essai.entrer("lecteur@rappele.example", &["rappele:lecteur"]).await;
    let preparer = async || {
        let mut connexion = essai.pays.base.connexion().await.unwrap();
        maillage::coordination::preparer(&mut connexion, "rappele", None, "https://m.example")
            .await
            .unwrap()
    };
    assert!(preparer().await.is_empty(), "nobody asked");
    let adresse = "/espace/rappele/rappels";
    for biscuit in [&coord, &caue, &sde] {
        assert_eq!(
            essai.envoyer(adresse, biscuit, "voulu=oui").await.statut,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(essai.envoyer(adresse, &lecteur, "voulu=oui").await.statut, StatusCode::NOT_FOUND);
    let rappels = preparer().await;
    // The sde misses nothing: it is not written to.
    let a_qui: Vec<_> = rappels.iter().map(|rappel| rappel.courriel.as_str()).collect();
    assert_eq!(a_qui.len(), 2, "{a_qui:?}");
    let de =
        |courriel: &str| rappels.iter().find(|r| r.courriel == courriel).unwrap().texte.clone();
    let au_caue = de("caue@rappele.example");
    for phrase in [
        "Conseil d'architecture, ce qu'il manque pour 2018",
        "- aucune demande de 2018 n'est livrée",
        "- les zones ne sont pas déclarées complètes",
        "https://m.example/espace/rappele/rappels",
    ] {
        assert!(au_caue.contains(phrase), "{phrase} : {au_caue}");
    }
    assert!(!au_caue.contains("Agence du logement"), "{au_caue}");
    let au_coordinateur = de("coord@rappele.example");
    assert!(
        au_coordinateur.contains("1 partenaires sur 3 ont livré")
            && au_coordinateur.contains("Agence du logement")
    );
    // The same, shown before anything is sent; a partner's people see their own choice alone.
    let page = lire(&essai, &coord, adresse).await.texte;
    assert!(
        page.contains("Ce qui partirait aujourd") && page.contains("caue@rappele.example"),
        "{page}"
    );
    let page = lire(&essai, &caue, adresse).await.texte;
    assert!(
        page.contains("Vous recevez ce message.") && !page.contains("coord@rappele.example"),
        "{page}"
    );
    // Once a week at most, and no more when one gives it up.
    sqlx::query("update rappel set envoye_le = now() - interval '2 days' where reseau = 'rappele'")
        .execute(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    assert!(preparer().await.iter().all(|rappel| rappel.recent));
    assert_eq!(essai.envoyer(adresse, &caue, "voulu=non").await.statut, StatusCode::SEE_OTHER);
    assert_eq!(preparer().await.len(), 1);
}

/// The command reads as the owner of the database, and the page as the coordinator: both say the same.
#[tokio::test]
async fn the_command_of_reminders_counts_what_the_page_does() {
    let essai = Essai::nouveau().await;
    let dossier = Reseau::nouveau("rappel-egal").avec(
        "demandes.csv",
        "D1,2018-03-01,caue,,batiments,commune,26001,2019,Toit,terminee\n\
         D2,2018-03-20,adil,,batiments,commune,26001,2019,Toit aussi,terminee\n",
    );
    essai.pays.charger(&dossier).await;
    let coord = essai.entrer("coord@egal.example", &["rappel-egal:coordinateur"]).await;
    let caue = essai.entrer("caue@egal.example", &["rappel-egal:partenaire:caue"]).await;
    for biscuit in [&coord, &caue] {
        essai.envoyer("/espace/rappel-egal/rappels", biscuit, "voulu=oui").await;
    }
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    // One that was asked on the page, and waits to be qualified; one that was written one by one.
    let recue: String = sqlx::query_scalar(
        "with p as materialized (select set_config('maillage.principal', 'public', true))
         select recevoir_demande('rappel-egal', 'caue', 'batiments', null, 'commune', '26002', 'Le préau fuit', 'Mme Maire',
           null, 'mairie@egal.example', null, sha256('egal')) from p",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert!(recue.starts_with("EL-"));
    let notee = serde_json::json!({ "reseau": "rappel-egal", "partenaire": "caue", "date": "2018-05-03",
        "themes": ["batiments"], "beneficiaire": "commune:26003", "objet": "Notée" });
    let notee = essai.ecrire(axum::http::Method::POST, "/api/demandes", &caue, &notee).await;
    assert_eq!(notee.statut, StatusCode::CREATED, "{}", notee.texte);
    let rappels =
        maillage::coordination::preparer(&mut connexion, "rappel-egal", None, crate::pays::URL)
            .await
            .unwrap();
    let texte = |courriel: &str| {
        rappels.iter().find(|rappel| rappel.courriel == courriel).unwrap().texte.clone()
    };
    let au_caue = texte("caue@egal.example");
    for phrase in [
        "- demandes reçues en ligne, à qualifier : 1",
        "- demandes à vérifier : 1, doublon possible avec un autre partenaire",
    ] {
        assert!(au_caue.contains(phrase), "{phrase} : {au_caue}");
    }
    let page = lire(&essai, &coord, "/espace/rappel-egal/rappels").await.texte;
    let page = page
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    for courriel in ["caue@egal.example", "coord@egal.example"] {
        assert!(page.contains(&texte(courriel)), "{} : {page}", texte(courriel));
    }
    // Who has no session and is not the owner reads nothing of it still.
    let mut personne = essai.pays.connexion_de("maillage_service").await;
    let lues: i64 = sqlx::query_scalar("select count(*) from demande_suivie")
        .fetch_one(&mut personne)
        .await
        .unwrap();
    assert_eq!(lues, 0);
}

#[tokio::test]
async fn what_is_written_of_a_body_is_in_the_journal_of_the_reseaux_that_have_it() {
    let essai = Essai::nouveau().await;
    for code in ["corps-un", "corps-deux"] {
        essai.pays.charger(&Reseau::nouveau(code)).await;
    }
    let un = essai.entrer("coord@corps-un.example", &["corps-un:coordinateur"]).await;
    let deux = essai.entrer("coord@corps-deux.example", &["corps-deux:coordinateur"]).await;
    let ajout = corps(&[("nom", "Agence <neuve>"), ("siren", "913260006"), ("role", "partenaire")]);
    let ajoute = essai.envoyer("/espace/corps-un/ajouter/partenaires", &un, &ajout).await;
    assert_eq!(ajoute.statut, StatusCode::SEE_OTHER, "{}", ajoute.texte);
    let journal = async |biscuit: &str, reseau: &str| {
        lire(&essai, biscuit, &format!("/espace/journal?reseau={reseau}")).await.texte
    };
    let page = journal(&un, "corps-un").await;
    assert!(
        page.contains("ajout : organisme 913260006") && page.contains("Agence &lt;neuve&gt;"),
        "{page}"
    );
    // Of another réseau, nothing; of a folder's load, its own.
    let page = journal(&deux, "corps-deux").await;
    assert!(
        !page.contains("913260006") && page.contains("ajout : organisme corps-deux/caue"),
        "{page}"
    );
    // Once it is taken away, that is told too.
    let code: String = sqlx::query_scalar(
        "select code from partenaire where reseau = 'corps-un' and organisme = $1",
    )
    .bind("913260006")
    .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let retirer = format!("/espace/corps-un/partenaires/{code}/retirer");
    let retire = essai.envoyer(&retirer, &un, "").await;
    assert_eq!(retire.statut, StatusCode::SEE_OTHER, "{}", retire.texte);
    let page = journal(&un, "corps-un").await;
    assert!(page.contains("retrait : organisme 913260006"), "{page}");
    let orphelines: i64 = sqlx::query_scalar(
        "select count(*) from journal where objet = 'organisme' and cle = '913260006' and reseau is null",
    )
    .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(orphelines, 0);
    // Whatever the table, a line says what there was, or what there is.
    let muettes: Vec<(String, String)> = sqlx::query_as(
        "select distinct objet, operation from journal
         where operation <> 'delete' and apres is null or operation <> 'insert' and avant is null",
    )
    .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(muettes, []);
}
