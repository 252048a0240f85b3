//! The annual report, from what people write around it to what is published: who sees it, that it does not change, what
//! files of figures hold.

use std::time::Duration;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use maillage::comptes::Principal;
use maillage::error::Error;
use maillage::rapports::annexes::{self, Matiere};
use maillage::rapports::donnees::{Consigne, Format, Periode, Sujet};
use maillage::rapports::textes::CLES;
use maillage::rapports::{fabrique, publication, travaux};
use maillage::territoires::Maille;
use sqlx::Connection;

use crate::complet::complet;
use crate::dossier::Reseau;
use crate::matrice::session;
use crate::pays::pays;
use crate::service::{Essai, Recue};

/// Reports are made for the whole program: tests that fill its waiting room take turns.
static TOUR: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn consigne(reseau: &str, annee: i16) -> Consigne {
    Consigne {
        reseau: reseau.into(),
        sujet: Sujet::Reseau,
        periode: Periode::annee(annee).unwrap(),
        edition: "2026-03-12".parse().unwrap(),
        format: Format::A4,
    }
}

fn corps(paires: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(paires).finish()
}

/// A réseau with some demandes and texts around its report.
fn dossier(code: &str) -> Reseau {
    Reseau::nouveau(code)
        .avec(
            "demandes.csv",
            "A1,2018-03-01,caue,,batiments,commune,26001,2019,,terminee\n\
             A2,2018-04-01,sde,,eclairage,commune,26002,2019,,terminee\n\
             A3,2018-05-01,sde,,eclairage,epci,200040459,2019,,terminee\n",
        )
        .avec("rapport/avant-propos.md", "En {annee}, {demandes} demandes.\n")
}

/// Makes the report of 2018 from the pages, and returns the address of its work.
async fn faire(essai: &Essai, biscuit: &str, reseau: &str) -> String {
    let lancement = format!("/espace/{reseau}/bilan/lancer");
    let recue = essai.envoyer(&lancement, biscuit, &corps(&[("annee", "2018")])).await;
    assert_eq!(recue.statut, StatusCode::SEE_OTHER, "{}", recue.texte);
    let travail = recue.entete("location").to_owned();
    for _ in 0..600 {
        let page = essai.lire(&travail, &[("cookie", biscuit)]).await;
        assert_eq!(page.statut, StatusCode::OK, "{}", page.texte);
        if page.entete("refresh").is_empty() {
            assert!(page.texte.contains("Le document est prêt."), "{}", page.texte);
            return travail;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the report was not made");
}

/// What the public reads, once the service has heard of the change.
async fn public(essai: &Essai, adresse: &str) -> Recue {
    tokio::time::sleep(Duration::from_millis(300)).await;
    essai.lire(adresse, &[]).await
}

#[tokio::test]
async fn a_mistake_in_a_text_gives_its_file_its_line_and_what_to_do_and_loads_nothing() {
    let pays = pays().await;
    let fautif =
        dossier("textes-faux").avec("rapport/avant-propos.md", "\nNous avons {demande}.\n");
    let erreur = pays.essayer(&fautif).await.unwrap_err().to_string();
    assert!(erreur.contains("rapport/avant-propos.md, ligne 3"), "{erreur}");
    assert!(erreur.contains("{demandes}"), "{erreur}");
    let reseaux: i64 = sqlx::query_scalar("select count(*) from reseau where code = 'textes-faux'")
        .fetch_one(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    assert_eq!(reseaux, 0);
}

#[tokio::test]
async fn what_a_page_wrote_stays_when_the_folder_is_loaded_again() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&dossier("textes-page")).await;
    let biscuit = essai.entrer("coord@textes-page.example", &["textes-page:coordinateur"]).await;
    let adresse = "/espace/textes-page/bilan/textes";
    let faux = corps(&[("avant_propos", "Bonjour.\n\n{recettes}"), ("action", "enregistrer")]);
    let recue = essai.envoyer(adresse, &biscuit, &faux).await;
    assert_eq!(recue.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(recue.texte.contains("rapport/avant-propos.md, ligne 3"), "{}", recue.texte);
    let faux = corps(&[("budget", "2018 : douze"), ("action", "enregistrer")]);
    let recue = essai.envoyer(adresse, &biscuit, &faux).await;
    assert_eq!(recue.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        recue.texte.contains("budget, ligne 1 de la case : « 2018 : douze »"),
        "{}",
        recue.texte
    );
    let apercu = corps(&[
        ("avant_propos", "Il y en a **{demandes}**, pour {budget}."),
        ("budget", "2018 : 412 000"),
        ("action", "apercu"),
        ("annee", "2018"),
    ]);
    let recue = essai.envoyer(adresse, &biscuit, &apercu).await;
    assert!(
        recue.texte.contains("Il y en a <strong>3</strong>, pour 412\u{202f}000\u{a0}€."),
        "{}",
        recue.texte
    );
    let bon = corps(&[
        ("avant_propos", "Un autre mot."),
        ("couleur", "#1e4d5c"),
        ("budget", "2018 : 412 000 €"),
        ("action", "enregistrer"),
    ]);
    assert_eq!(essai.envoyer(adresse, &biscuit, &bon).await.statut, StatusCode::SEE_OTHER);
    // Somebody who had opened the page before is shown what was kept since, and loses nothing.
    let ancienne = corps(&[
        ("avant_propos", "Le mien."),
        ("couleur", "#1e4d5c"),
        ("empreinte", "d'avant"),
        ("action", "enregistrer"),
    ]);
    let recue = essai.envoyer(adresse, &biscuit, &ancienne).await;
    assert_eq!(recue.statut, StatusCode::CONFLICT, "{}", recue.texte);
    assert!(recue.texte.contains("Un autre mot.") && recue.texte.contains("Le mien."));
    let bilan = essai.pays.charger(&dossier("textes-page")).await;
    assert!(
        bilan.remarques.iter().any(|r| r.contains("rapport/avant-propos.md")),
        "{:?}",
        bilan.remarques
    );
    let page = essai.lire("/espace/textes-page/bilan", &[("cookie", &biscuit)]).await;
    assert!(page.texte.contains("Un autre mot.") && page.texte.contains("#1e4d5c"));
    assert!(page.texte.contains(">2018 : 412 000</textarea>"), "{}", page.texte);
    // A partner does not write them, nor reads them.
    let caue = essai.entrer("caue@textes-page.example", &["textes-page:partenaire:caue"]).await;
    assert_eq!(essai.envoyer(adresse, &caue, &bon).await.statut, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_public_reads_what_is_published_which_never_changes_and_is_corrected_with_a_note() {
    let _tour = TOUR.lock().await;
    let essai = Essai::nouveau().await;
    essai.pays.charger(&dossier("publie")).await;
    let biscuit = essai.entrer("coord@publie.example", &["publie:coordinateur"]).await;
    // Nothing yet: whoever coordinates has a draft, and nobody else.
    assert_eq!(public(&essai, "/rapports/publie/2018").await.statut, StatusCode::NOT_FOUND);
    assert!(public(&essai, "/rapports/publie").await.texte.contains("Aucun bilan"));
    let apercu = essai.lire("/rapports/publie/2018", &[("cookie", &biscuit)]).await;
    assert!(apercu.texte.contains("Aperçu, non publié."), "{}", apercu.texte);
    assert!(apercu.texte.contains("En 2018, 3 demandes."), "{}", apercu.texte);

    let travail = faire(&essai, &biscuit, "publie").await;
    let publier = format!("{travail}/publier");
    let recue = essai.envoyer(&publier, &biscuit, "").await;
    assert_eq!(recue.statut, StatusCode::SEE_OTHER, "{}", recue.texte);
    let page = public(&essai, "/rapports/publie/2018").await;
    assert_eq!(page.statut, StatusCode::OK, "{}", page.texte);
    assert!(page.texte.contains("En 2018, 3 demandes."));
    assert!(!page.texte.contains("ont changé"), "{}", page.texte);
    let sommaire = public(&essai, "/rapports").await;
    assert!(sommaire.texte.contains("/rapports/publie/2018.pdf"), "{}", sommaire.texte);
    let pdf = public(&essai, "/rapports/publie/2018.pdf").await;
    assert_eq!(pdf.entete("content-type"), "application/pdf");
    assert!(pdf.texte.starts_with("%PDF"));

    // A demande more: what is published says the same, and what has moved.
    let augmente = dossier("publie")
        .avec("demandes.csv", "A4,2018-06-01,caue,,batiments,commune,26003,2019,,terminee\n");
    essai.pays.charger(&augmente).await;
    let page = public(&essai, "/rapports/publie/2018").await;
    assert!(page.texte.contains("En 2018, 3 demandes."));
    let phrase = "bilan publié : 3 ; aujourd'hui : 4 (1 ajoutée depuis)";
    assert!(page.texte.contains(phrase), "{}", page.texte);

    // A correction, with its note.
    let travail = faire(&essai, &biscuit, "publie").await;
    let publier = format!("{travail}/publier");
    let sans = essai.envoyer(&publier, &biscuit, &corps(&[("note", " ")])).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sans.texte.contains("déjà publié"), "{}", sans.texte);
    let note = corps(&[("note", "Une demande avait été oubliée.")]);
    assert_eq!(essai.envoyer(&publier, &biscuit, &note).await.statut, StatusCode::SEE_OTHER);
    let page = public(&essai, "/rapports/publie/2018").await;
    assert!(page.texte.contains("Une demande avait été oubliée."), "{}", page.texte);
    assert!(page.texte.contains("En 2018, 4 demandes.") && !page.texte.contains("ont changé"));
    let premiere = public(&essai, "/rapports/publie/2018?version=1").await;
    assert!(premiere.texte.contains("En 2018, 3 demandes."));
    assert!(premiere.texte.contains("Une version plus récente"), "{}", premiere.texte);

    // Nobody changes it, the owner of the database included.
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    for ordre in [
        "update rapport_publie set note = 'autre' where reseau = 'publie'",
        "update rapport_publie set donnees = '{}' where reseau = 'publie'",
        "delete from rapport_publie where reseau = 'publie'",
    ] {
        assert!(sqlx::query(ordre).execute(&mut connexion).await.is_err(), "{ordre}");
    }
}

#[tokio::test]
async fn a_meeting_is_told_what_was_done_up_to_today() {
    let _tour = TOUR.lock().await;
    let essai = Essai::nouveau().await;
    let reunion = dossier("reunion")
        .avec("regroupements.csv", "code,nom,genre,regle\ntour,La tournée,canton,\n")
        .avec("regroupements_communes.csv", "regroupement,commune\ntour,26001\ntour,26002\n");
    essai.pays.charger(&reunion).await;
    let biscuit = essai.entrer("coord@reunion.example", &["reunion:coordinateur"]).await;
    let lancement = "/espace/reunion/bilan/lancer";
    let faux = corps(&[("annee", "2018"), ("du", "2030-01-01"), ("au", "2029-01-01")]);
    let recue = essai.envoyer(lancement, &biscuit, &faux).await;
    assert_eq!(recue.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(recue.texte.contains("finit avant de commencer"), "{}", recue.texte);
    let depuis = corps(&[("annee", "2018"), ("du", "2018-02-01"), ("sujet", "regroupement:tour")]);
    let recue = essai.envoyer(lancement, &biscuit, &depuis).await;
    assert_eq!(recue.statut, StatusCode::SEE_OTHER, "{}", recue.texte);
    let page = essai.lire(recue.entete("location"), &[("cookie", &biscuit)]).await;
    assert!(page.texte.contains("Dossier de réunion du 1"), "{}", page.texte);
}

#[tokio::test]
async fn a_hundred_reports_asked_at_once_are_one_when_they_are_the_same_and_bounded_when_not() {
    let _tour = TOUR.lock().await;
    let pays = pays().await;
    pays.charger(&dossier("cent")).await;
    let coord = session(&pays, "coord@cent.example", &["cent:coordinateur"]).await;
    let piscine = pays.base.piscine();
    let memes: Vec<u64> = (0..100)
        .map(|_| travaux::lancer(&piscine, &coord, consigne("cent", 2018)).unwrap().id)
        .collect();
    assert!(memes.iter().all(|id| *id == memes[0]));
    let (mut pris, mut refuses) = (1, 0);
    for annee in 1950..2050 {
        match travaux::lancer(&piscine, &coord, consigne("cent", annee)) {
            Ok(travail) if travail.id != memes[0] => pris += 1,
            Ok(_) => {}
            Err(Error::Affluence) => refuses += 1,
            Err(autre) => panic!("{autre}"),
        }
    }
    assert!(
        pris <= travaux::ATTENTE_MAX && refuses >= 99 - travaux::ATTENTE_MAX,
        "{pris} {refuses}"
    );
    // Given up: nothing is left, and what was under way does not come back.
    for travail in travaux::lister("cent") {
        travaux::annuler("cent", travail.id);
    }
    assert!(travaux::lister("cent").is_empty());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(travaux::lister("cent").is_empty());
    assert!(travaux::trouver("cent", memes[0]).is_none());
}

#[tokio::test]
async fn files_of_figures_hold_the_figures_that_are_printed_with_the_query_of_each() {
    let pays = pays().await;
    pays.charger(&complet("annexes")).await;
    let (rapport, _) =
        fabrique::lire(&pays.base.piscine(), &Principal::Public, &consigne("annexes", 2018))
            .await
            .unwrap();
    // Every figure can be called by a text.
    for chiffre in &rapport.chiffres {
        assert!(CLES.contains(&&*chiffre.cle), "{}", chiffre.cle);
    }
    let requetes = publication::requetes_du_jour();
    let matiere =
        Matiere { rapport: &rapport, requetes: &requetes, ecarts: &[], etat: "Essai.".into() };
    let octets = annexes::classeur(&matiere).unwrap();
    assert_eq!(octets, annexes::classeur(&matiere).unwrap(), "two runs differ");
    let mut classeur = Xlsx::new(std::io::Cursor::new(octets)).unwrap();
    let feuille = classeur.worksheet_range("Chiffres").unwrap();
    let textes = classeur.worksheet_range("Requêtes").unwrap();
    let connues: Vec<String> = textes.rows().skip(1).map(|ligne| ligne[0].to_string()).collect();
    let attendus = annexes::chiffres(&rapport);
    assert!(attendus.len() > 20);
    assert_eq!(feuille.rows().count(), attendus.len() + 1);
    for (ligne, place) in feuille.rows().skip(1).zip(&attendus) {
        assert_eq!(ligne[2].to_string(), place.chiffre.cle);
        let valeur = match &ligne[4] {
            Data::Float(valeur) => Some(*valeur),
            Data::Int(valeur) => Some(*valeur as f64),
            _ => None,
        };
        assert_eq!(valeur, place.chiffre.valeur, "{}", place.chiffre.cle);
        assert_eq!(ligne[5].to_string(), place.chiffre.texte);
        assert!(connues.contains(&ligne[10].to_string()), "{ligne:?}");
    }

    let mut connexion = pays.base.connexion().await.unwrap();
    let mut transaction = connexion.begin().await.unwrap();
    let contours = annexes::Contours::lire(&mut transaction, &rapport).await.unwrap();
    let gpkg = annexes::geopaquet(&matiere, &contours).unwrap();
    assert!(gpkg == annexes::geopaquet(&matiere, &contours).unwrap(), "two runs differ");
    let fichier = tempfile::Builder::new().suffix(".gpkg").tempfile().unwrap();
    std::fs::write(fichier.path(), gpkg).unwrap();
    let lu = gdal::Dataset::open(fichier.path()).unwrap();
    use gdal::vector::LayerAccess;
    let mut couche = lu.layer_by_name("chiffres").unwrap();
    let valeurs: Vec<(String, Option<f64>)> = couche
        .features()
        .map(|objet| {
            let rang = |nom| objet.field_index(nom).unwrap();
            (
                objet.field_as_string(rang("cle")).unwrap().unwrap(),
                objet.field_as_double(rang("valeur")).unwrap(),
            )
        })
        .collect();
    let attendues: Vec<_> =
        attendus.iter().map(|place| (place.chiffre.cle.clone(), place.chiffre.valeur)).collect();
    assert_eq!(valeurs, attendues);
    assert_eq!(lu.layer_by_name("requetes").unwrap().feature_count() as usize, requetes.len());
    // A field for each map of communes, those of partners and EPCI too.
    let couche = lu.layer_by_name("cartes_commune").unwrap();
    assert_eq!(couche.spatial_ref().unwrap().auth_code().unwrap(), 2154);
    let champs: Vec<String> = couche.defn().fields().map(|champ| champ.name()).collect();
    for carte in rapport.toutes_les_cartes().filter(|carte| carte.maille == Maille::Commune) {
        let attendu = !carte.valeurs.is_empty();
        assert_eq!(champs.contains(&carte.cle.replace('-', "_")), attendu, "{}", carte.cle);
    }
}
