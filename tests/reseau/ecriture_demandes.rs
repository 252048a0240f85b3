//! Demandes written through the service: by whoever leads them, or coordinates, and by nobody else.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::service::{Essai, Recue};

struct Ecole {
    essai: Essai,
    reseau: &'static str,
    caue: String,
    sde: String,
    coordinateur: String,
    lecteur: String,
}

impl Ecole {
    async fn nouvelle(reseau: &'static str) -> Self {
        let essai = Essai::nouveau().await;
        let dossier = Reseau::nouveau(reseau).avec(
            "demandes.csv",
            "D1,2018-03-01,caue,sde,batiments,commune,26399,2018,Ancienne commune,en_cours\n",
        );
        essai.pays.charger(&dossier).await;
        let [caue, sde, coordinateur, lecteur] = essai.gens(reseau).await;
        Self { essai, reseau, caue, sde, coordinateur, lecteur }
    }

    async fn creer(&self, biscuit: &str, precisions: Value) -> Recue {
        let mut demande = json!({
            "reseau": self.reseau, "partenaire": "caue", "date": "2026-02-03", "themes": ["batiments"],
            "beneficiaire": "commune:26001", "objet": "Le toit de l'école",
        });
        for (nom, valeur) in precisions.as_object().unwrap() {
            demande[nom] = valeur.clone();
        }
        self.essai.ecrire(Method::POST, "/api/demandes", biscuit, &demande).await
    }

    async fn corriger(&self, biscuit: &str, id: &Value, corps: Value) -> Recue {
        self.essai.ecrire(Method::PATCH, &format!("/api/demandes/{id}"), biscuit, &corps).await
    }

    async fn lire(&self, biscuit: &str, id: &Value) -> Recue {
        self.essai.lire(&format!("/api/demandes/{id}"), &[("cookie", biscuit)]).await
    }
}

#[tokio::test]
async fn a_demande_is_noted_corrected_and_read_by_those_who_keep_it() {
    let ecole = Ecole::nouvelle("notees").await;
    let contact = json!({ "nom": "Mme Maire", "courriel": "mairie@x.example" });
    let creee = ecole
        .creer(&ecole.caue, json!({ "contacts": [contact], "partenaires_associes": ["sde"] }))
        .await;
    assert_eq!(creee.statut, StatusCode::CREATED, "{}", creee.texte);
    let fiche = creee.json();
    let id = &fiche["id"];
    assert_eq!(creee.entete("location"), format!("/api/demandes/{id}"));
    assert_eq!(
        (&fiche["etat"], &fiche["millesime"], &fiche["revision"], &fiche["origine"]),
        (&json!("en_cours"), &json!(2026), &json!(1), &json!("saisie"))
    );
    // Sent twice, it is noted once.
    let encore = ecole.creer(&ecole.caue, json!({})).await;
    assert_eq!(
        (encore.statut, &encore.json()["reference"]),
        (StatusCode::CONFLICT, &fiche["reference"])
    );

    let corps = json!({ "revision": 1, "etat": "terminee", "cloture": "2026-03-01", "objet": null, "motif": "Étude remise" });
    let corrigee = ecole.corriger(&ecole.caue, id, corps).await;
    assert_eq!(corrigee.statut, StatusCode::OK, "{}", corrigee.texte);
    let fiche = corrigee.json();
    assert_eq!(
        (&fiche["etat"], &fiche["objet"], &fiche["revision"], &fiche["contacts"][0]["nom"]),
        (&json!("terminee"), &Value::Null, &json!(2), &json!("Mme Maire"))
    );
    let corps = json!({ "revision": 2, "contacts": [] });
    let corrigee = ecole.corriger(&ecole.coordinateur, id, corps).await;
    assert_eq!((&corrigee.json()["contacts"], corrigee.statut), (&json!([]), StatusCode::OK));
    // It counts, and who keeps it finds its number in the list.
    let liste = ecole
        .essai
        .lire("/api/demandes?reseau=notees&annee=2026", &[("cookie", &ecole.caue)])
        .await
        .json();
    assert_eq!((&liste["total"], &liste["demandes"][0]["id"]), (&json!(1), id));
    let publique = ecole.essai.lire("/api/demandes?reseau=notees&annee=2026", &[]).await.json();
    assert_eq!(publique["demandes"][0].get("id"), None, "{publique}");
    // A draft is read in the list of those one keeps, and nowhere else.
    let brouillon = json!({ "etat": "brouillon", "objet": "À revoir", "reference": "B1" });
    assert_eq!(ecole.creer(&ecole.caue, brouillon).await.statut, StatusCode::CREATED);
    let suivies = async |biscuit: &str| {
        let lue =
            ecole.essai.lire("/api/demandes/suivies?reseau=notees", &[("cookie", biscuit)]).await;
        lue.json()["demandes"].as_array().unwrap().len()
    };
    assert_eq!(
        (
            suivies(&ecole.caue).await,
            suivies(&ecole.sde).await,
            suivies(&ecole.coordinateur).await,
            suivies("").await
        ),
        (3, 2, 3, 0)
    );
    let (auteur, motif, apres): (String, Option<String>, Value) = sqlx::query_as(
        "select auteur, motif, apres from journal
         where objet = 'demande' and operation = 'update' and cle = $1 order by id limit 1",
    )
    .bind(id.to_string())
    .fetch_one(&mut ecole.essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!((auteur.as_str(), motif.as_deref()), ("caue@notees.example", Some("Étude remise")));
    assert_eq!(apres["etat"], "terminee");
}

#[tokio::test]
async fn a_demande_of_the_folder_that_is_corrected_is_kept_from_the_folder() {
    let ecole = Ecole::nouvelle("corrigees").await;
    let suivies = ecole
        .essai
        .lire("/api/demandes/suivies?reseau=corrigees", &[("cookie", &ecole.caue)])
        .await
        .json();
    let id = suivies["demandes"][0]["id"].clone();
    let corrigee =
        ecole.corriger(&ecole.caue, &id, json!({ "revision": 1, "objet": "Corrigé" })).await;
    assert_eq!(corrigee.statut, StatusCode::OK, "{}", corrigee.texte);
    // Its former commune keeps its millésime: nobody said it was of another.
    assert_eq!(
        (&corrigee.json()["millesime"], &corrigee.json()["origine"]),
        (&json!(2018), &json!("saisie"))
    );
    let dossier = Reseau::nouveau("corrigees").avec(
        "demandes.csv",
        "D1,2018-03-01,caue,sde,batiments,commune,26399,2018,Ancienne commune,en_cours\n",
    );
    ecole.essai.pays.charger(&dossier).await;
    assert_eq!(ecole.lire(&ecole.caue, &id).await.json()["objet"], "Corrigé");
}

#[tokio::test]
async fn what_a_commune_sent_is_taken_up_by_who_leads_it_and_its_link_still_follows_it() {
    let ecole = Ecole::nouvelle("recues").await;
    let reference: String = sqlx::query_scalar(
        "with p as materialized (select set_config('maillage.principal', 'public', true))
         select recevoir_demande('recues', 'caue', 'batiments', null, 'commune', '26001', 'Le préau', 'Mme Maire', 'Maire',
           'mairie@recues.example', null, sha256('lien')) from p",
    )
    .fetch_one(&mut ecole.essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let adresse = "/api/demandes/suivies?reseau=recues&etat=recue";
    let suivies = ecole.essai.lire(adresse, &[("cookie", &ecole.caue)]).await.json();
    assert_eq!(suivies["demandes"][0]["reference"], json!(reference), "{suivies}");
    let id = &suivies["demandes"][0]["id"];
    let contact = json!({ "nom": "Mme Maire", "courriel": "mairie@recues.example", "fonction": "Maire déléguée" });
    let autre = json!({ "nom": "M. Secrétaire", "courriel": "secretariat@recues.example" });
    let corps = json!({ "revision": 1, "etat": "en_cours", "contacts": [contact, autre] });
    let prise = ecole.corriger(&ecole.caue, id, corps).await;
    assert_eq!(prise.statut, StatusCode::OK, "{}", prise.texte);
    assert_eq!(
        (
            &prise.json()["contacts"][0]["fonction"],
            prise.json()["contacts"].as_array().unwrap().len()
        ),
        (&json!("Maire déléguée"), 2)
    );
    let corps = json!({ "revision": 2, "contacts": [autre], "etat": "recue" });
    assert_eq!(
        ecole.corriger(&ecole.caue, id, corps).await.statut,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let corps = json!({ "revision": 2, "contacts": [autre] });
    assert_eq!(
        ecole.corriger(&ecole.caue, id, corps).await.json()["contacts"].as_array().unwrap().len(),
        1
    );
    let suivie: Option<String> =
        sqlx::query_scalar("select etat from demande_suivie_par_lien(sha256('lien'))")
            .fetch_optional(&mut ecole.essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap();
    assert_eq!(suivie.as_deref(), Some("en_cours"));
}

#[tokio::test]
async fn nobody_writes_a_demande_that_they_do_not_lead() {
    let ecole = Ecole::nouvelle("menees").await;
    let mut ferme = Reseau::nouveau("menees-ferme");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    ecole.essai.pays.charger(&ferme).await;
    let creee = ecole.creer(&ecole.caue, json!({ "partenaires_associes": ["sde"] })).await.json();
    let id = &creee["id"];
    let adil = ecole.essai.entrer("adil@menees.example", &["menees:partenaire:adil"]).await;
    for (biscuit, precisions, statut) in [
        ("", json!({}), StatusCode::UNAUTHORIZED),
        (&ecole.lecteur, json!({}), StatusCode::FORBIDDEN),
        (&ecole.sde, json!({}), StatusCode::FORBIDDEN),
        (&ecole.caue, json!({ "reseau": "menees-ferme" }), StatusCode::NOT_FOUND),
        (&ecole.caue, json!({ "partenaire": "sde" }), StatusCode::FORBIDDEN),
        (&ecole.caue, json!({ "comptee": true }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refus = ecole.creer(biscuit, precisions.clone()).await;
        assert_eq!(refus.statut, statut, "{precisions} : {}", refus.texte);
    }
    let correction = json!({ "revision": 1, "objet": "Pris" });
    for (biscuit, corps, statut) in [
        ("", &correction, StatusCode::NOT_FOUND),
        (&ecole.lecteur, &correction, StatusCode::NOT_FOUND),
        (&adil, &correction, StatusCode::NOT_FOUND),
        // Called in, it reads it and does not write it.
        (&ecole.sde, &correction, StatusCode::FORBIDDEN),
        (&ecole.caue, &json!({ "revision": 1, "partenaire": "sde" }), StatusCode::FORBIDDEN),
        (&ecole.caue, &json!({ "objet": "Sans révision" }), StatusCode::UNPROCESSABLE_ENTITY),
        (
            &ecole.caue,
            &json!({ "revision": 1, "origine": "dossier" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let refus = ecole.corriger(biscuit, id, corps.clone()).await;
        assert_eq!(refus.statut, statut, "{corps} : {}", refus.texte);
    }
    assert_eq!(ecole.lire(&ecole.sde, id).await.statut, StatusCode::OK);
    assert_eq!(ecole.lire(&adil, id).await.statut, StatusCode::NOT_FOUND);
    // Numbers guessed one by one tell nothing.
    let numero = id.as_i64().unwrap();
    for autre in numero - 20..numero {
        let lue = ecole.lire(&adil, &json!(autre)).await;
        assert_eq!(lue.statut, StatusCode::NOT_FOUND, "{autre} : {}", lue.texte);
    }
    // Whoever coordinates gives it to another; the first leads it no more.
    let donnee = ecole
        .corriger(
            &ecole.coordinateur,
            id,
            json!({ "revision": 1, "partenaire": "sde", "partenaires_associes": [] }),
        )
        .await;
    assert_eq!(
        (donnee.statut, &donnee.json()["partenaires"]),
        (StatusCode::OK, &json!(["sde"])),
        "{}",
        donnee.texte
    );
    assert_eq!(ecole.lire(&ecole.caue, id).await.statut, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_two_corrections_at_once_the_second_is_told_what_the_first_changed() {
    let ecole = Ecole::nouvelle("a-deux").await;
    let creee = ecole.creer(&ecole.caue, json!({})).await.json();
    let id = &creee["id"];
    let (un, deux) = tokio::join!(
        ecole.corriger(&ecole.caue, id, json!({ "revision": 1, "objet": "Du partenaire" })),
        ecole.corriger(&ecole.coordinateur, id, json!({ "revision": 1, "etat": "abandonnee" }))
    );
    let (faite, refusee) = if un.statut == StatusCode::OK { (un, deux) } else { (deux, un) };
    assert_eq!(
        (faite.statut, refusee.statut),
        (StatusCode::OK, StatusCode::CONFLICT),
        "{}",
        refusee.texte
    );
    let refus = refusee.json();
    assert_eq!(refus["revision"], 2);
    let change = &refus["changements"][0];
    let attendu = if faite.json()["etat"] == "abandonnee" {
        ("etat", "en_cours")
    } else {
        ("objet", "Le toit de l'école")
    };
    assert_eq!(
        (&change["avant"][attendu.0], change["apres"].get("revision")),
        (&json!(attendu.1), None),
        "{refus}"
    );
}

/// Who changes contacts alone writes the demande: the second is told, and what the first gave stays.
#[tokio::test]
async fn of_two_changes_of_contacts_alone_the_second_is_told() {
    let ecole = Ecole::nouvelle("contacts-a-deux").await;
    let creee = ecole.creer(&ecole.caue, json!({})).await.json();
    let id = &creee["id"];
    let contacts = |nom: &str| json!({ "revision": 1, "contacts": [{ "nom": nom, "courriel": "a@x.example" }] });
    let (un, deux) = tokio::join!(
        ecole.corriger(&ecole.caue, id, contacts("Mme Une")),
        ecole.corriger(&ecole.coordinateur, id, contacts("M. Deux"))
    );
    let (faite, refusee) = if un.statut == StatusCode::OK { (un, deux) } else { (deux, un) };
    assert_eq!(
        (faite.statut, refusee.statut, &refusee.json()["revision"]),
        (StatusCode::OK, StatusCode::CONFLICT, &json!(2)),
        "{} {}",
        faite.texte,
        refusee.texte
    );
    let lue = ecole.lire(&ecole.caue, id).await.json();
    assert_eq!((&lue["contacts"], &lue["revision"]), (&faite.json()["contacts"], &json!(2)));
    // The journal says that something was written, and names nobody.
    assert!(
        !refusee.texte.contains("Mme Une") && !refusee.texte.contains("M. Deux"),
        "{}",
        refusee.texte
    );
    // Saying again what is there writes nothing.
    let pareille = json!({ "revision": 2, "contacts": faite.json()["contacts"] });
    let pareille = ecole.corriger(&ecole.caue, id, pareille).await;
    assert_eq!(
        (pareille.statut, &pareille.json()["revision"]),
        (StatusCode::OK, &json!(2)),
        "{}",
        pareille.texte
    );
}

/// What was read under a name is asked of the database each time: nothing of a contact outlives its erasure.
#[tokio::test]
async fn contacts_are_served_no_more_once_they_are_erased() {
    let ecole = Ecole::nouvelle("effaces").await;
    let contact = json!({ "nom": "Mme Oubliée", "courriel": "oubliee@effaces.example" });
    let creee = ecole.creer(&ecole.caue, json!({ "contacts": [contact] })).await.json();
    let fiche = format!("/api/demandes/{}", creee["id"]);
    let adresses = [
        "/api/demandes?reseau=effaces&annee=2026",
        "/api/demandes?reseau=effaces&annee=2026&territoire=commune:26001",
        "/api/demandes/suivies?reseau=effaces",
        fiche.as_str(),
        "/ogc/collections/demandes/items?reseau=effaces",
        "/exports/demandes.csv?reseau=effaces",
        "/territoires/commune/26001",
        "/espace/effaces/collecte?annee=2026",
        "/espace/journal?reseau=effaces",
    ];
    let mut vues = 0;
    let mut valides = vec![];
    for adresse in adresses {
        for biscuit in [&ecole.caue, &ecole.coordinateur] {
            // Twice, so that what is kept ready is kept.
            for _ in 0..2 {
                let lue = ecole.essai.lire(adresse, &[("cookie", biscuit)]).await;
                vues += usize::from(lue.texte.contains("oubliee@effaces.example"));
                if lue.texte.contains("oubliee@effaces.example") {
                    assert_eq!(lue.entete("cache-control"), "no-store", "{adresse}");
                }
                valides.push((adresse, biscuit, lue.entete("etag").to_owned()));
            }
        }
    }
    assert!(vues >= 8, "{vues}");
    let mut connexion = ecole.essai.pays.base.connexion().await.unwrap();
    let mut transaction = sqlx::Connection::begin(&mut connexion).await.unwrap();
    let oubli = maillage::comptes::donnees::oublier(&mut transaction, "oubliee@effaces.example")
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(oubli.contacts, 1);
    // At once, whatever the service has heard of, and also when the reader holds what was answered.
    for (adresse, biscuit, etag) in valides {
        for entetes in [
            vec![("cookie", biscuit.as_str())],
            vec![("cookie", biscuit), ("if-none-match", &etag)],
        ] {
            let lue = ecole.essai.lire(adresse, &entetes).await;
            assert!(!lue.texte.contains("oubliee@effaces.example"), "{adresse} : {}", lue.texte);
            assert!(!lue.texte.contains("Mme Oubliée"), "{adresse} : {}", lue.texte);
        }
    }
}

#[tokio::test]
async fn what_a_demande_cannot_say_is_refused_by_its_field() {
    let ecole = Ecole::nouvelle("refus-saisie").await;
    for (precisions, champ, phrase) in [
        (json!({ "themes": [] }), "themes", "au moins un thème"),
        (json!({ "themes": ["inconnu"] }), "themes", "« inconnu » n'est pas un thème"),
        (
            json!({ "partenaires_associes": ["inconnu"] }),
            "partenaires_associes",
            "n'est pas un partenaire",
        ),
        (json!({ "beneficiaire": "26001" }), "beneficiaire", "commune:26001"),
        (json!({ "beneficiaire": "commune:99999" }), "beneficiaire", "Aucun millésime"),
        (json!({ "beneficiaire": "autre:inconnu" }), "beneficiaire", "n'a pas de bénéficiaire"),
        (json!({ "beneficiaire": "region:84" }), "beneficiaire", "commune:26001"),
        (json!({ "date": "2200-01-01" }), "date", "à venir"),
        (json!({ "date": null }), "date", "Il manque"),
        (json!({ "reponse": "2026-01-01" }), "reponse", "avant la demande"),
        (json!({ "etat": "fini" }), "etat", "brouillon, en_cours"),
        (json!({ "niveau": 3 }), "niveau", "un texte"),
        (json!({ "jours": -1 }), "jours", "de 0 à 10000"),
        (json!({ "jours": 1e300 }), "jours", "de 0 à 10000"),
        (json!({ "fiche": "inconnue" }), "fiche", "n'est pas du réseau"),
        (json!({ "objet": "é".repeat(5_001) }), "objet", "5001 caractères : 5000 au plus"),
        (json!({ "objet": "a\0b" }), "objet", "invisible"),
        (json!({ "reference": "a\nb" }), "reference", "une ligne"),
        (json!({ "contacts": [{ "nom": "a\r\nBcc: b" }] }), "nom", "une ligne"),
        (json!({ "contacts": [{ "courriel": "sans arobase" }] }), "contacts", "ne se lit pas"),
        (json!({ "contacts": [{ "secret": "x" }] }), "secret", "n'existe pas ici"),
        (json!({ "contacts": [[]] }), "contacts", "liste d'objets"),
    ] {
        let refus = ecole.creer(&ecole.caue, precisions.clone()).await;
        let dit: String = precisions.to_string().chars().take(80).collect();
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{dit} : {}", refus.texte);
        assert_eq!(refus.json()["champ"], champ, "{dit} : {}", refus.texte);
        assert!(refus.texte.contains(phrase), "{dit} : {}", refus.texte);
    }
    // What would mean something to the database is a text like another.
    let piege = "'; drop table demande; -- $1 \\x00 {{7*7}} =1+1";
    let creee = ecole.creer(&ecole.caue, json!({ "objet": piege, "reference": piege })).await;
    assert_eq!(
        (creee.statut, &creee.json()["objet"]),
        (StatusCode::CREATED, &json!(piege)),
        "{}",
        creee.texte
    );
}
