//! To ask without an account: what is received, who reads it, how it is followed and forgotten.

use maillage::comptes::{Principal, donnees};
use sqlx::Connection;

use crate::dossier::Reseau;
use crate::matrice::session;
use crate::pays::Pays;
use crate::service::{Essai, Recue};

fn reseau(code: &str) -> Reseau {
    Reseau::nouveau(code).avec("zones.csv", "z,caue,,commune,26001,2010-01-01,\n")
}

/// The form as a browser sends it, with some fields changed.
fn corps(reseau: &str, courriel: &str, autres: &[(&str, &str)]) -> String {
    let mut champs = vec![
        ("reseau", reseau),
        ("territoire", "commune:26001"),
        ("theme", "batiments"),
        ("partenaire", "caue"),
        ("fiche", ""),
        ("objet", "Le toit de l'école fuit, et la cantine est dessous."),
        ("nom", "Anne Maire"),
        ("fonction", "Maire"),
        ("courriel", courriel),
        ("telephone", "04 75 00 00 00"),
        ("adresse_web", ""),
    ];
    for (nom, valeur) in autres {
        champs.iter_mut().find(|champ| champ.0 == *nom).unwrap().1 = valeur;
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish()
}

async fn envoyer(essai: &Essai, corps: &str) -> Recue {
    essai.envoyer("/demander", "", corps).await
}

async fn nombre(pays: &Pays, question: &'static str, reseau: &str) -> i64 {
    sqlx::query_scalar(question)
        .bind(reseau)
        .fetch_one(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap()
}

async fn lues(pays: &Pays, principal: &Principal, question: &'static str, reseau: &str) -> i64 {
    let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
    sqlx::query_scalar(question).bind(reseau).fetch_one(&mut *transaction).await.unwrap()
}

const DEMANDES: &str = "select count(*) from demande where reseau = $1";
const RECUES: &str = "select count(*) from demande_suivie where reseau = $1 and etat = 'recue' and objet like 'Le toit%'";
const CONTACTS: &str =
    "select count(*) from contact where reseau = $1 and courriel like '%@%.example'";

#[tokio::test]
async fn a_demande_is_received_for_its_partner_and_coordinator_and_counts_nowhere() {
    let essai = Essai::nouveau().await;
    let pays = &essai.pays;
    pays.charger(&reseau("recoit")).await;
    let formulaire = essai
        .lire(
            "/demander?reseau=recoit&territoire=commune:26001&partenaire=caue&theme=batiments",
            &[],
        )
        .await;
    assert_eq!(formulaire.statut, 200, "{}", formulaire.texte);
    assert!(
        formulaire.texte.contains("<option value=\"batiments\" selected>"),
        "{}",
        formulaire.texte
    );
    assert!(!formulaire.texte.contains("<script") && !formulaire.texte.contains(" style="));
    let envoi = envoyer(&essai, &corps("recoit", "maire@recoit.example", &[])).await;
    assert_eq!(envoi.statut, 303, "{}", envoi.texte);
    let suivi = envoi.entete("location").to_owned();
    assert!(suivi.starts_with("/suivi/suivi_"), "{suivi}");
    assert!(envoi.entete("set-cookie").is_empty());
    let page = essai.lire(&suivi, &[]).await;
    for attendu in
        ["Reçue", "Commune 1", "Bâtiments publics", "Conseil d'architecture", "EL-", "Envoyée le"]
    {
        assert!(page.texte.contains(attendu), "{attendu} : {}", page.texte);
    }
    assert_eq!(page.entete("cache-control"), "no-store");
    // The link shows neither what was written nor whom to call.
    for prive in ["toit", "Anne Maire", "maire@recoit.example"] {
        assert!(!page.texte.contains(prive), "{prive}");
    }
    // The secret is kept nowhere.
    let secret = suivi.split('/').next_back().unwrap().split('?').next().unwrap();
    let gardes: i64 = sqlx::query_scalar(
        "select (select count(*) from journal j where j::text like '%' || $1 || '%')
           + (select count(*) from suivi s where encode(s.empreinte, 'escape') like '%' || $1 || '%')",
    )
    .bind(secret)
    .fetch_one(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(gardes, 0);
    // Who reads it.
    let [caue, adil, lecteur, coordinateur] = [
        ("caue@recoit.example", "recoit:partenaire:caue", true),
        ("adil@recoit.example", "recoit:partenaire:adil", false),
        ("lecteur@recoit.example", "recoit:lecteur", false),
        ("coord@recoit.example", "recoit:coordinateur", true),
    ];
    for (courriel, droit, lit) in [caue, adil, lecteur, coordinateur] {
        let principal = session(pays, courriel, &[droit]).await;
        for question in [DEMANDES, RECUES, CONTACTS] {
            assert_eq!(
                lues(pays, &principal, question, "recoit").await,
                i64::from(lit),
                "{droit} : {question}"
            );
        }
    }
    assert_eq!(lues(pays, &Principal::Public, DEMANDES, "recoit").await, 0);
    let annee = chrono::Local::now().date_naive().format("%Y").to_string();
    let comptee =
        essai.lire(&format!("/api/demandes?reseau=recoit&annee={annee}"), &[]).await.json();
    assert_eq!(comptee["total"], 0);
    let fiche = essai.lire("/territoires/commune/26001", &[]).await.texte;
    assert!(!fiche.contains("Le toit") && fiche.contains("Réseau recoit"), "{fiche}");
    // Qualified, it counts, and the link says so.
    let mut connexion = pays.base.connexion().await.unwrap();
    sqlx::query("update demande set etat = 'en_cours', reponse = date where reseau = 'recoit'")
        .execute(&mut connexion)
        .await
        .unwrap();
    assert_eq!(lues(pays, &Principal::Public, DEMANDES, "recoit").await, 1);
    let page = essai.lire(&suivi, &[]).await.texte;
    assert!(page.contains("Prise en charge") && page.contains("Première réponse le"), "{page}");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&reseau("ailleurs")).await;
    let corps = corps("ailleurs", "maire@ailleurs.example", &[]);
    for entetes in [
        vec![],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://ailleurs.example")],
    ] {
        let refus = essai.demander(axum::http::Method::POST, "/demander", &entetes, &corps).await;
        assert_eq!(refus.statut, 403, "{}", refus.texte);
    }
    assert_eq!(nombre(&essai.pays, DEMANDES, "ailleurs").await, 0);
}

#[tokio::test]
async fn a_refused_form_says_why_field_by_field_and_loses_nothing() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&reseau("corrige")).await;
    for (champs, phrases) in [
        (
            vec![("courriel", "maire")],
            vec!["Ce n’est pas une adresse électronique", "id=\"faute-courriel\""],
        ),
        (vec![("objet", "toit")], vec!["Dites en quelques mots"]),
        (
            vec![("nom", ""), ("telephone", "demain")],
            vec!["qui le réseau doit rappeler", "numéro de téléphone", "2 champs"],
        ),
        (vec![("theme", "inventé")], vec!["plus dans la liste"]),
        (vec![("theme", "")], vec!["Choisissez un thème"]),
        (vec![("partenaire", "sde")], vec!["ne s’occupe pas du thème"]),
        (vec![("adresse_web", "https://spam.example")], vec!["doit rester vide"]),
    ] {
        let refus = envoyer(&essai, &corps("corrige", "maire@corrige.example", &champs)).await;
        assert_eq!(refus.statut, 422, "{champs:?} : {}", refus.texte);
        for phrase in phrases {
            assert!(refus.texte.contains(phrase), "{phrase} : {}", refus.texte);
        }
        assert!(refus.texte.contains("Rien n’est perdu"), "{}", refus.texte);
        // What was typed is still there.
        if !champs.iter().any(|(nom, _)| *nom == "objet") {
            assert!(refus.texte.contains("la cantine est dessous"), "{}", refus.texte);
        }
    }
    let longue = "é".repeat(2001);
    let refus =
        envoyer(&essai, &corps("corrige", "maire@corrige.example", &[("objet", &longue)])).await;
    assert!(
        refus.texte.contains("2001 caractères") && refus.texte.contains(&longue),
        "{}",
        refus.texte
    );
    let html = [("objet", "<script>alert(1)</script> et plus")];
    let refus = envoyer(&essai, &corps("corrige", "faux", &html)).await;
    assert!(!refus.texte.contains("<script>"), "{}", refus.texte);
    assert_eq!(nombre(&essai.pays, DEMANDES, "corrige").await, 0);
}

#[tokio::test]
async fn the_same_demande_sent_twice_is_one_with_two_links() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&reseau("double")).await;
    let corps = corps("double", "maire@double.example", &[]);
    let liens = [envoyer(&essai, &corps).await, envoyer(&essai, &corps).await]
        .map(|envoi| envoi.entete("location").to_owned());
    assert_ne!(liens[0], liens[1]);
    assert_eq!(nombre(&essai.pays, DEMANDES, "double").await, 1);
    for lien in &liens {
        assert_eq!(essai.lire(lien, &[]).await.statut, 200);
    }
}

/// The folder of a réseau where a department coordinates, and a partner has left.
fn avec_membres(code: &str, coordonne: bool) -> Reseau {
    let mut dossier = reseau(code).sans("partenaires.csv");
    let role = if coordonne { "coordinateur" } else { "partenaire" };
    dossier.fichiers.push((
        "partenaires.csv",
        format!(
            "code,nom,sigle,type,siren,site,courriel,telephone,description,role,debut,fin\n\
             caue,Conseil d'architecture,CAUE,association,,,,,,partenaire,,\n\
             sde,Syndicat d'énergies,,syndicat,,,,,,partenaire,,\n\
             adil,Agence partie,ADIL,association,,,,,,partenaire,2010-01-01,2020-12-31\n\
             dept,Le Département,,,,,,,,{role},,\n"
        ),
    ));
    dossier
}

#[tokio::test]
async fn a_demande_for_nobody_goes_to_who_coordinates_and_else_its_sender_chooses_a_member() {
    let essai = Essai::nouveau().await;
    for (code, coordonne) in [("coordonne", true), ("sans-coord", false)] {
        essai.pays.charger(&avec_membres(code, coordonne)).await;
        let adresse = format!("/demander?reseau={code}&territoire=commune:26001&partenaire=adil");
        let page = essai.lire(&adresse, &[]).await.texte;
        // Who has left is not asked.
        assert!(page.contains("value=\"caue\"") && !page.contains("Agence partie"), "{page}");
        assert_eq!(page.contains("Le réseau choisira"), coordonne, "{page}");
        let courriel = format!("maire@{code}.example");
        let lieu = ("territoire", "commune:26009");
        let envoi = envoyer(&essai, &corps(code, &courriel, &[lieu, ("partenaire", "")])).await;
        assert_eq!(envoi.statut, if coordonne { 303 } else { 422 }, "{}", envoi.texte);
        if !coordonne {
            assert!(envoi.texte.contains("Choisissez à qui vous adressez"), "{}", envoi.texte);
            assert!(envoi.texte.contains("la cantine est dessous"), "{}", envoi.texte);
        }
        let partie = corps(code, &courriel, &[lieu, ("partenaire", "adil")]);
        let partie = envoyer(&essai, &partie).await;
        assert_eq!(partie.statut, 422, "{}", partie.texte);
        let menees: Vec<String> =
            sqlx::query_scalar("select partenaire from demande where reseau = $1")
                .bind(code)
                .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
                .await
                .unwrap();
        assert_eq!(menees, if coordonne { vec!["dept".to_owned()] } else { vec![] });
    }
    // Nor by the function itself.
    for partenaire in ["null", "'adil'"] {
        let mut transaction =
            Principal::Public.transaction(&essai.pays.base.piscine()).await.unwrap();
        let forcee = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select recevoir_demande('sans-coord', {partenaire}, 'batiments', null, 'commune', '26001', 'Un objet', 'Nom',
               null, 'a@b.example', null, sha256('x'))"
        )))
        .execute(&mut *transaction)
        .await;
        assert!(forcee.unwrap_err().to_string().contains("ne peut pas être reçue"), "{partenaire}");
    }
}

#[tokio::test]
async fn twenty_four_demandes_at_once_leave_others_their_answers() {
    let essai = std::sync::Arc::new(Essai::a_part().await);
    essai.pays.charger(&reseau("foule")).await;
    let envois: Vec<_> = (0..24)
        .map(|rang| {
            let essai = essai.clone();
            tokio::spawn(async move {
                let commune = format!("commune:260{:02}", rang % 8 + 1);
                let objet = format!("Une demande parmi d'autres, numéro {rang}.");
                let champs = [("territoire", commune.as_str()), ("objet", objet.as_str())];
                let corps = corps("foule", &format!("maire{rang}@foule.example"), &champs);
                let client = format!("192.0.2.{}", rang / 8 + 1);
                essai.envoyer_depuis(&client, "/demander", &corps).await
            })
        })
        .collect();
    let debut = std::time::Instant::now();
    let mut lues = 0;
    while envois.iter().any(|envoi| !envoi.is_finished()) || lues == 0 {
        let reseaux = essai.lire("/api/reseaux", &[]).await;
        assert_eq!(reseaux.statut, 200, "{}", reseaux.texte);
        assert!(debut.elapsed() < std::time::Duration::from_secs(20), "{lues} answers");
        lues += 1;
        // What is kept ready is answered without waiting for anything: the others have their turn.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let mut statuts = vec![];
    for envoi in envois {
        statuts.push(envoi.await.unwrap().statut.as_u16());
    }
    // Eight of one address pass: each is under its bound, and none failed for want of a connection.
    assert_eq!(statuts, [303; 24]);
    assert_eq!(nombre(&essai.pays, DEMANDES, "foule").await, 24);
}

#[tokio::test]
async fn demandes_are_slowed_down_for_an_address_and_for_a_commune() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&reseau("freine")).await;
    let commune = [("territoire", "commune:26007")];
    let mut statuts = vec![];
    for rang in 0..4 {
        let objet = format!("Une demande différente, numéro {rang}.");
        let champs = [commune[0], ("objet", objet.as_str())];
        statuts.push(
            envoyer(&essai, &corps("freine", "zele@freine.example", &champs)).await.statut.as_u16(),
        );
    }
    assert_eq!(statuts, [303, 303, 303, 429]);
    let mut derniere = None;
    for rang in 0..3 {
        let courriel = format!("autre{rang}@freine.example");
        derniere = Some(envoyer(&essai, &corps("freine", &courriel, &commune)).await);
    }
    let derniere = derniere.unwrap();
    assert_eq!(derniere.statut, 429, "{}", derniere.texte);
    assert!(!derniere.entete("retry-after").is_empty());
    assert!(derniere.texte.contains("pour cette commune"), "{}", derniere.texte);
    assert_eq!(nombre(&essai.pays, DEMANDES, "freine").await, 5);
    // What was typed is in the page, to be sent again.
    for attendu in [
        "la cantine est dessous",
        "value=\"Anne Maire\"",
        "value=\"autre2@freine.example\"",
        "04 75 00 00 00",
        "<option value=\"batiments\" selected>",
        "<option value=\"caue\" selected>",
        "value=\"commune:26007\"",
    ] {
        assert!(derniere.texte.contains(attendu), "{attendu} : {}", derniere.texte);
    }
}

#[tokio::test]
async fn who_waits_each_time_comes_to_the_bound_of_a_day() {
    let essai = Essai::a_part().await;
    essai.pays.charger(&reseau("freine")).await;
    let vieillir = "update tentative set le = le - interval '16 minutes' where cle like 'demande%'";
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let mut jour = vec![];
    for rang in 0..11 {
        sqlx::query(vieillir).execute(&mut connexion).await.unwrap();
        let objet = format!("Encore une demande, numéro {rang}.");
        let commune = format!("commune:260{:02}", rang % 6 + 1);
        let champs = [("territoire", commune.as_str()), ("objet", objet.as_str())];
        jour.push(envoyer(&essai, &corps("freine", "obstine@freine.example", &champs)).await);
    }
    let statuts: Vec<u16> = jour.iter().map(|envoi| envoi.statut.as_u16()).collect();
    assert_eq!(statuts, [vec![303; 10], vec![429]].concat());
    let refus = jour.pop().unwrap();
    assert!(refus.entete("retry-after").parse::<u32>().unwrap() > 3 * 3600);
    assert!(refus.texte.contains(" h, sans fermer cette page"), "{}", refus.texte);
}

#[tokio::test]
async fn whom_to_call_back_is_found_and_forgotten_with_the_link() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&reseau("oublie")).await;
    let envoi = envoyer(&essai, &corps("oublie", "Maire@oublie.example", &[])).await;
    let lien = envoi.entete("location").to_owned();
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let dossier = donnees::dossier(&mut connexion, "maire@OUBLIE.example").await.unwrap();
    assert_eq!(dossier["contacts"][0]["nom"], "Anne Maire");
    let mut transaction = connexion.begin().await.unwrap();
    let oubli = donnees::oublier(&mut transaction, "maire@oublie.example").await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(oubli.contacts, 1);
    assert_eq!(essai.lire(&lien, &[]).await.statut, 404);
    assert_eq!(nombre(&essai.pays, DEMANDES, "oublie").await, 1);
    let page = essai.lire("/donnees-personnelles", &[]).await.texte;
    assert!(page.contains("Liens de suivi des demandes en ligne"), "{page}");
}

#[tokio::test]
async fn one_chooses_a_place_then_a_reseau_and_a_closed_reseau_is_asked_nothing() {
    let essai = Essai::nouveau().await;
    for (code, public) in [("choix-un", true), ("choix-deux", true), ("choix-ferme", false)] {
        let mut dossier = reseau(code);
        dossier.declaration = format!("public = {public}\n{}", dossier.declaration);
        essai.pays.charger(&dossier).await;
    }
    let page = essai.lire("/demander?lieu=commune%208", &[]).await.texte;
    assert!(page.contains("Laquelle") && page.contains("territoire=commune:26008"), "{page}");
    let page = essai.lire("/demander?lieu=zzzz", &[]).await.texte;
    assert!(page.contains("Aucune commune"), "{page}");
    let page = essai.lire("/demander?territoire=commune:26001", &[]).await.texte;
    assert!(page.contains("Réseau choix-un") && page.contains("Réseau choix-deux"), "{page}");
    assert!(!page.contains("choix-ferme"), "{page}");
    let page = essai.lire("/demander?territoire=departement:26", &[]).await.texte;
    assert!(page.contains("faite par une commune"), "{page}");
    let refus = essai.lire("/demander?territoire=commune:26001&reseau=choix-ferme", &[]).await;
    assert_eq!(refus.statut, 404, "{}", refus.texte);
    let refus = envoyer(&essai, &corps("choix-ferme", "maire@ferme.example", &[])).await;
    assert_eq!(refus.statut, 404, "{}", refus.texte);
    // Nor by the function itself.
    let mut transaction = Principal::Public.transaction(&essai.pays.base.piscine()).await.unwrap();
    let forcee = sqlx::query(
        "select recevoir_demande('choix-ferme', null, 'batiments', null, 'commune', '26001', 'Un objet', 'Nom', null,
           'a@b.example', null, sha256('x'))",
    )
    .execute(&mut *transaction)
    .await;
    assert!(forcee.unwrap_err().to_string().contains("ne peut pas être reçue"));
    let refus = essai.lire("/suivi/suivi_invente", &[]).await;
    assert_eq!(refus.statut, 404);
    assert!(refus.texte.contains("ne suit aucune demande"), "{}", refus.texte);
}
