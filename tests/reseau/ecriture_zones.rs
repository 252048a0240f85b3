//! Zones written through the service: who may propose, withdraw and decide, and what two people at once are told.

use axum::http::{Method, StatusCode};
use maillage::comptes::registre;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::dossier::Reseau;
use crate::service::{Essai, Recue};

/// A réseau, one that is closed, and who writes in the first.
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
        Self::sur(Essai::nouveau().await, reseau).await
    }

    async fn sur(essai: Essai, reseau: &'static str) -> Self {
        essai.pays.charger(&Reseau::nouveau(reseau)).await;
        let [caue, sde, coordinateur, lecteur] = essai.gens(reseau).await;
        Self { essai, reseau, caue, sde, coordinateur, lecteur }
    }

    fn zone(&self, precisions: Value) -> Value {
        let mut zone = json!({
            "reseau": self.reseau, "partenaire": "caue", "code": "z", "nom": "Une zone", "debut": "2020-01-01",
            "unites": ["commune:26001", "commune:26002"],
        });
        for (nom, valeur) in precisions.as_object().unwrap() {
            zone[nom] = valeur.clone();
        }
        zone
    }

    async fn proposer(&self, biscuit: &str, precisions: Value) -> Recue {
        self.essai.ecrire(Method::POST, "/api/zones", biscuit, &self.zone(precisions)).await
    }

    async fn decider(&self, biscuit: &str, quoi: &str, corps: Value) -> Recue {
        let adresse = format!("/api/zones/{}/z/{quoi}", self.reseau);
        self.essai.ecrire(Method::POST, &adresse, biscuit, &corps).await
    }

    async fn nombre(&self, table: &str) -> i64 {
        let question = format!("select count(*) from {table} where reseau = $1");
        sqlx::query_scalar(AssertSqlSafe(question))
            .bind(self.reseau)
            .fetch_one(&mut self.essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    }
}

fn couvertes(zone: &Value) -> Vec<&str> {
    let communes = zone["communes"].as_array().unwrap().iter();
    communes
        .filter(|commune| commune["couverte"] == true)
        .map(|commune| commune["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_zone_is_tried_then_proposed_then_validated_and_each_step_is_in_the_journal() {
    let ecole = Ecole::nouvelle("ecrites").await;
    // A trial says what it comes to, and leaves nothing.
    let essai = ecole
        .essai
        .ecrire(
            Method::POST,
            "/api/zones?essai=true",
            &ecole.caue,
            &ecole.zone(json!({
                "unites": ["epci:200040459"], "exclues": ["commune:26003", "commune:26050"],
            })),
        )
        .await;
    assert_eq!(essai.statut, StatusCode::OK, "{}", essai.texte);
    let dit = essai.json();
    assert_eq!((&dit["essai"], couvertes(&dit["zone"]).len()), (&json!(true), 9));
    assert!(
        dit["remarques"][0].as_str().unwrap().contains("cette exclusion ne change rien"),
        "{dit}"
    );
    assert_eq!((ecole.nombre("zone").await, ecole.nombre("zone_commune").await), (0, 0));

    let proposee = ecole.proposer(&ecole.caue, json!({})).await;
    assert_eq!(proposee.statut, StatusCode::CREATED, "{}", proposee.texte);
    assert_eq!(proposee.entete("location"), "/api/zones/ecrites/z?version=1");
    let zone = &proposee.json()["zone"];
    assert_eq!((couvertes(zone), &zone["etat"]), (vec!["26001", "26002"], &json!("proposee")));
    let lue = ecole.essai.lire("/api/zones/ecrites/z", &[]).await;
    assert_eq!(lue.statut, StatusCode::NOT_FOUND, "the public reads a proposal");
    // The same again changes nothing.
    let encore = ecole.proposer(&ecole.caue, json!({ "version": 1 })).await;
    assert_eq!((encore.statut, &encore.json()["identique"]), (StatusCode::OK, &json!(true)));

    let validee =
        ecole.decider(&ecole.coordinateur, "1/validation", json!({ "revision": 1 })).await;
    assert_eq!(validee.statut, StatusCode::OK, "{}", validee.texte);
    assert_eq!(validee.json()["zone"]["revision"], 2);
    let publique = ecole.essai.lire("/api/zones/ecrites/z", &[]).await;
    assert_eq!(couvertes(&publique.json()), ["26001", "26002"]);
    // A second version takes its place; the first ends the day before.
    let deux = json!({ "version": 1, "debut": "2021-01-01", "unites": ["commune:26004"] });
    assert_eq!(ecole.proposer(&ecole.caue, deux).await.statut, StatusCode::CREATED);
    let validee =
        ecole.decider(&ecole.coordinateur, "2/validation", json!({ "revision": 1 })).await;
    assert!(validee.json()["phrases"][1].as_str().unwrap().contains("prend fin le 31/12/2020"));
    let fin = json!({ "revision": 2, "fin": "2022-06-30" });
    let finie = ecole.decider(&ecole.coordinateur, "2/fin", fin).await;
    assert_eq!(finie.json()["zone"]["fin"], "2022-06-30", "{}", finie.texte);

    let journal: Vec<(String, Option<String>, String)> = sqlx::query_as(
        "select auteur, origine, operation from journal where reseau = 'ecrites' and objet = 'zone' order by id",
    )
    .fetch_all(&mut ecole.essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let faits: Vec<_> = journal
        .iter()
        .map(|(qui, ou, fait)| {
            (qui.split('@').next().unwrap(), ou.as_deref().unwrap(), fait.as_str())
        })
        .collect();
    assert_eq!(
        faits,
        [
            ("caue", "POST /api/zones", "insert"),
            ("coord", "POST /api/zones/validation", "update"),
            ("caue", "POST /api/zones", "insert"),
            ("coord", "POST /api/zones/validation", "update"),
            ("coord", "POST /api/zones/validation", "update"),
            ("coord", "POST /api/zones/fin", "update"),
        ]
    );
}

#[tokio::test]
async fn nobody_writes_a_zone_that_is_not_theirs() {
    let ecole = Ecole::nouvelle("pas-a-moi").await;
    let mut ferme = Reseau::nouveau("pas-a-moi-ferme");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    ecole.essai.pays.charger(&ferme).await;
    let (caue, sde) = (ecole.caue.as_str(), ecole.sde.as_str());
    assert_eq!(ecole.proposer(caue, json!({})).await.statut, StatusCode::CREATED);
    let avant = ecole.nombre("journal").await;
    for (biscuit, precisions, statut, phrase) in [
        ("", json!({}), StatusCode::UNAUTHORIZED, "connectez-vous"),
        (&ecole.lecteur, json!({}), StatusCode::FORBIDDEN, "Vous n'écrivez pas pour « caue »"),
        (sde, json!({}), StatusCode::FORBIDDEN, "mais pour : sde"),
        (sde, json!({ "partenaire": "inconnu" }), StatusCode::FORBIDDEN, "mais pour : sde"),
        (caue, json!({ "reseau": "pas-a-moi-ferme" }), StatusCode::NOT_FOUND, "n'existe pas"),
        (caue, json!({ "reseau": "nulle-part" }), StatusCode::NOT_FOUND, "n'existe pas"),
        (
            caue,
            json!({ "theme": "eclairage" }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "n'a pas le thème",
        ),
        // A code that somebody else took, though one does not see it.
        (sde, json!({ "partenaire": "sde" }), StatusCode::UNPROCESSABLE_ENTITY, "autre partenaire"),
        (
            &ecole.coordinateur,
            json!({ "partenaire": "sde", "version": 1 }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "autre partenaire",
        ),
        // What only the service says.
        (caue, json!({ "etat": "validee" }), StatusCode::UNPROCESSABLE_ENTITY, "n'existe pas ici"),
    ] {
        let refus = ecole.proposer(biscuit, precisions.clone()).await;
        assert_eq!(refus.statut, statut, "{precisions} : {}", refus.texte);
        assert!(refus.texte.contains(phrase), "{precisions} : {}", refus.texte);
    }
    let revision = json!({ "revision": 1 });
    let motif = json!({ "revision": 1, "motif": "Non." });
    for (biscuit, quoi, corps, statut) in [
        ("", "1/validation", &revision, StatusCode::NOT_FOUND),
        (caue, "1/validation", &revision, StatusCode::FORBIDDEN),
        (caue, "1/refus", &motif, StatusCode::FORBIDDEN),
        (sde, "1/retrait", &revision, StatusCode::NOT_FOUND),
        (&ecole.lecteur, "1/validation", &revision, StatusCode::NOT_FOUND),
        (&ecole.coordinateur, "2/validation", &revision, StatusCode::NOT_FOUND),
        (&ecole.coordinateur, "1/refus", &revision, StatusCode::UNPROCESSABLE_ENTITY),
        (&ecole.coordinateur, "1/validation", &json!({}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refus = ecole.decider(biscuit, quoi, corps.clone()).await;
        assert_eq!(refus.statut, statut, "{quoi} : {}", refus.texte);
    }
    assert_eq!(ecole.nombre("journal").await, avant);
    // A token that only reads, one of another réseau, one of before the right was taken back.
    let mut connexion = ecole.essai.pays.base.connexion().await.unwrap();
    let compte = registre::numero(&mut connexion, "caue@pas-a-moi.example").await.unwrap();
    registre::donner(
        &mut connexion,
        "caue@pas-a-moi.example",
        &"pas-a-moi-ferme:lecteur".parse().unwrap(),
    )
    .await
    .unwrap();
    for (nom, reseau, ecriture, statut) in [
        ("lit", None, false, StatusCode::FORBIDDEN),
        ("ailleurs", Some("pas-a-moi-ferme"), true, StatusCode::FORBIDDEN),
        ("juste", Some("pas-a-moi"), true, StatusCode::CREATED),
    ] {
        let nouveau = maillage::comptes::jetons::Nouveau { nom, reseau, ecriture, jours: 1 };
        let jeton =
            maillage::comptes::jetons::creer(&mut connexion, compte, &nouveau).await.unwrap();
        let porteur = format!("Bearer {}", jeton.montrer());
        let entetes = [("authorization", porteur.as_str()), ("content-type", "application/json")];
        let corps = ecole.zone(json!({ "code": nom })).to_string();
        let recue = ecole.essai.demander(Method::POST, "/api/zones", &entetes, &corps).await;
        assert_eq!(recue.statut, statut, "{nom} : {}", recue.texte);
    }
    // From the page of another site.
    let entetes =
        [("cookie", caue), ("sec-fetch-site", "cross-site"), ("content-type", "application/json")];
    let corps = ecole.zone(json!({ "code": "ailleurs" })).to_string();
    let refus = ecole.essai.demander(Method::POST, "/api/zones", &entetes, &corps).await;
    assert_eq!(refus.statut, StatusCode::FORBIDDEN);
    // Whoever loses their right writes no more, session open.
    registre::reprendre(
        &mut connexion,
        "coord@pas-a-moi.example",
        &"pas-a-moi:coordinateur".parse().unwrap(),
    )
    .await
    .unwrap();
    let refus = ecole.decider(&ecole.coordinateur, "1/validation", revision).await;
    assert!(
        [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&refus.statut),
        "{}",
        refus.texte
    );
    let etats: Vec<String> = sqlx::query_scalar("select etat from zone where reseau = 'pas-a-moi'")
        .fetch_all(&mut connexion)
        .await
        .unwrap();
    assert!(etats.iter().all(|etat| etat == "proposee"), "{etats:?}");
}

#[tokio::test]
async fn of_two_people_at_once_the_second_is_told_what_the_first_changed() {
    let ecole = Ecole::nouvelle("ensemble").await;
    assert_eq!(ecole.proposer(&ecole.caue, json!({})).await.statut, StatusCode::CREATED);
    // Without saying what one has read, nothing is written over.
    let refus = ecole.proposer(&ecole.caue, json!({ "nom": "Autre" })).await;
    assert_eq!((refus.statut, &refus.json()["version"]), (StatusCode::CONFLICT, &json!(1)));
    assert_eq!(
        ecole.proposer(&ecole.caue, json!({ "version": 1, "nom": "Deux" })).await.statut,
        StatusCode::CREATED
    );
    let refus = ecole.proposer(&ecole.caue, json!({ "version": 1, "nom": "Trois" })).await;
    assert_eq!((refus.statut, &refus.json()["version"]), (StatusCode::CONFLICT, &json!(2)));
    let refus = ecole.proposer(&ecole.caue, json!({ "code": "neuve", "version": 1 })).await;
    assert_eq!(refus.statut, StatusCode::CONFLICT);

    let motif = json!({ "revision": 1, "motif": "Il manque une commune." });
    let refusee = ecole.decider(&ecole.coordinateur, "2/refus", motif).await;
    assert_eq!(refusee.statut, StatusCode::OK, "{}", refusee.texte);
    let second = ecole.decider(&ecole.coordinateur, "2/validation", json!({ "revision": 1 })).await;
    assert_eq!(second.statut, StatusCode::CONFLICT);
    let dit = second.json();
    assert_eq!(
        (&dit["revision"], &dit["changements"][0]["apres"]["etat"]),
        (&json!(2), &json!("refusee")),
        "{dit}"
    );
    assert_eq!(dit["changements"][0]["apres"]["motif"], "Il manque une commune.");
    // What is refused stays so, and what is decided is not withdrawn.
    let refus = ecole.decider(&ecole.coordinateur, "2/validation", json!({ "revision": 2 })).await;
    assert_eq!(refus.statut, StatusCode::BAD_REQUEST, "{}", refus.texte);
    let refus = ecole.decider(&ecole.caue, "2/retrait", json!({ "revision": 2 })).await;
    assert_eq!(refus.statut, StatusCode::CONFLICT, "{}", refus.texte);
    // One's own proposal is withdrawn, and the journal keeps it.
    let retiree = ecole.decider(&ecole.caue, "1/retrait", json!({ "revision": 1 })).await;
    assert_eq!(retiree.statut, StatusCode::OK, "{}", retiree.texte);
    let refus = ecole.decider(&ecole.caue, "1/retrait", json!({ "revision": 1 })).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND);
    let mut connexion = ecole.essai.pays.base.connexion().await.unwrap();
    let avant: Value = sqlx::query_scalar(
        "select avant from journal where reseau = 'ensemble' and objet = 'zone' and operation = 'delete'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert_eq!(avant["nom"], "Une zone");
    // Both at the same moment: one of them.
    let corps = |nom: &str| json!({ "code": "course", "nom": nom });
    let (un, deux) = tokio::join!(
        ecole.proposer(&ecole.caue, corps("un")),
        ecole.proposer(&ecole.coordinateur, corps("deux"))
    );
    let mut statuts = [un.statut.as_u16(), deux.statut.as_u16()];
    statuts.sort_unstable();
    assert_eq!(statuts, [201, 409], "{} {}", un.texte, deux.texte);
}

/// A drawing that takes long to judge: a saw of many teeth.
fn dent_de_scie(sommets: u32) -> Value {
    let mut points: Vec<[f64; 2]> = (0..sommets)
        .map(|rang| {
            let x = 4.75 + f64::from(rang) / f64::from(sommets) * 0.2;
            [x, if rang % 2 == 0 { 44.1 } else { 44.25 }]
        })
        .collect();
    points.push([4.95, 44.0]);
    points.push([4.75, 44.0]);
    points.push(points[0]);
    json!({ "unites": null, "geometrie": { "type": "Polygon", "coordinates": [points] } })
}

#[tokio::test]
async fn no_connection_is_held_while_zones_are_judged() {
    let ecole = std::sync::Arc::new(Ecole::nouvelle("juges").await);
    let envois: Vec<_> = (0..2)
        .map(|rang| {
            let ecole = ecole.clone();
            tokio::spawn(async move {
                let mut zone = dent_de_scie(3_000);
                zone["code"] = json!(format!("scie-{rang}"));
                ecole.proposer(&ecole.caue, zone).await.statut.as_u16()
            })
        })
        .collect();
    // What a session does between the last reading and the first write.
    let mut connexion = ecole.essai.pays.base.connexion().await.unwrap();
    let mut vues = 0;
    while envois.iter().any(|envoi| !envoi.is_finished()) {
        let oisives: Vec<String> = sqlx::query_scalar(
            "select query from pg_stat_activity
             where state = 'idle in transaction' and now() - state_change > interval '500 milliseconds'
               and query like '%anciens_codes%'",
        )
        .fetch_all(&mut connexion)
        .await
        .unwrap();
        assert_eq!(oisives, Vec::<String>::new());
        vues += 1;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(vues > 1, "they were judged before they were looked at");
    for envoi in envois {
        let statut = envoi.await.unwrap();
        assert!([201, 422, 503].contains(&statut), "{statut}");
    }
}

#[tokio::test]
async fn a_zone_that_was_judged_by_what_is_no_more_is_to_be_proposed_again() {
    let ecole = std::sync::Arc::new(Ecole::sur(Essai::a_part().await, "rejuges").await);
    let mut proprietaire = ecole.essai.pays.base.connexion().await.unwrap();
    // A load is under way: the zone is judged, and waits for its turn to be written.
    let tour = "select pg_advisory_lock(hashtext('maillage reseaux'))";
    sqlx::query(tour).execute(&mut proprietaire).await.unwrap();
    let attente = {
        let ecole = ecole.clone();
        tokio::spawn(
            async move { ecole.proposer(&ecole.caue, json!({ "theme": "batiments" })).await },
        )
    };
    let mut autre = ecole.essai.pays.base.connexion().await.unwrap();
    for _ in 0..200 {
        let attendent: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where wait_event = 'advisory' and query like '%maillage reseaux%'",
        )
        .fetch_one(&mut autre)
        .await
        .unwrap();
        if attendent > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    sqlx::query("delete from partenaire_theme where reseau = 'rejuges' and partenaire = 'caue' and theme = 'batiments'")
        .execute(&mut autre)
        .await
        .unwrap();
    sqlx::query("select pg_advisory_unlock_all()").execute(&mut proprietaire).await.unwrap();
    let refus = attente.await.unwrap();
    assert_eq!(refus.statut, StatusCode::CONFLICT, "{}", refus.texte);
    assert!(refus.texte.contains("viennent de changer"), "{}", refus.texte);
    assert_eq!(ecole.nombre("zone").await, 0);
    // A load that lasts is said, and waits for nobody's connection longer than that.
    sqlx::query(tour).execute(&mut proprietaire).await.unwrap();
    let refus = ecole.proposer(&ecole.caue, json!({})).await;
    assert_eq!(refus.statut, StatusCode::SERVICE_UNAVAILABLE, "{}", refus.texte);
    assert!(refus.texte.contains("Un chargement") && !refus.entete("retry-after").is_empty());
    sqlx::query("select pg_advisory_unlock_all()").execute(&mut proprietaire).await.unwrap();
}

#[tokio::test]
async fn what_is_drawn_or_listed_wrong_is_told_place_by_place() {
    let ecole = Ecole::nouvelle("mal-dits").await;
    let carre = |cote: f64| {
        json!({ "type": "Polygon", "coordinates": [[[4.75, 44.1], [4.75 + cote, 44.1], [4.75 + cote, 44.1 + cote],
            [4.75, 44.1 + cote], [4.75, 44.1]]] })
    };
    let dessine = |geometrie: Value| json!({ "unites": null, "geometrie": geometrie });
    let proposee = ecole.proposer(&ecole.caue, dessine(carre(0.2))).await;
    assert_eq!(proposee.statut, StatusCode::CREATED, "{}", proposee.texte);
    assert!(!couvertes(&proposee.json()["zone"]).is_empty());
    let points: Vec<[f64; 2]> = (0..60_000)
        .map(|rang| {
            let angle = f64::from(rang) / 60_000.0 * std::f64::consts::TAU;
            let arrondi = |degres: f64| (degres * 1e6).round() / 1e6;
            [arrondi(4.8 + angle.cos() / 10.0), arrondi(44.2 + angle.sin() / 10.0)]
        })
        .collect();
    let mut profonde = json!([1, 2]);
    for _ in 0..100 {
        profonde = json!([profonde]);
    }
    for (precisions, statut, phrase) in [
        (json!({ "unites": ["26001"] }), 422, "maille:code"),
        (
            json!({ "unites": ["commune:99999", "canton:1", "commune:26001"] }),
            422,
            "Aucune commune n'a le code",
        ),
        (json!({ "unites": ["commune:26001"], "exclues": ["commune:26001"] }), 422, "à la fois"),
        (json!({ "unites": [] }), 422, "Il manque le champ « unites »"),
        (json!({ "unites": "commune:26001" }), 422, "liste de textes"),
        (json!({ "fin": "2019-01-01" }), 422, "avant d'avoir commencé"),
        (json!({ "debut": "01/01/2020" }), 422, "2018-12-31"),
        (json!({ "debut": "infinity" }), 422, "2018-12-31"),
        (json!({ "nom": "é".repeat(201) }), 422, "201 caractères : 200 au plus"),
        (json!({ "nom": "a\0b" }), 422, "caractère invisible"),
        (json!({ "code": "'; drop table zone; --" }), 422, "ne peut pas servir de code"),
        (json!({ "geometrie": carre(0.1) }), 422, "pas les deux"),
        (dessine(json!({ "type": "Point", "coordinates": [4.8, 44.2] })), 422, "Polygon"),
        (dessine(json!({ "type": "Polygon", "coordinates": [[[4.8]]] })), 422, "ne se lit pas"),
        (dessine(json!({ "type": "Polygon", "coordinates": profonde })), 422, "ne se lit pas"),
        (dessine(json!({ "type": "Polygon", "coordinates": [points] })), 422, "50000 sommets"),
        (
            dessine(
                json!({ "type": "Polygon", "coordinates": [[[1e300, 0], [0, 1e300], [1, 1], [1e300, 0]]] }),
            ),
            422,
            "",
        ),
        (
            dessine(
                json!({ "type": "Polygon", "coordinates": [[[0, 0], [20, 0], [20, 60], [0, 60], [0, 0]]] }),
            ),
            422,
            "",
        ),
    ] {
        let refus = ecole.proposer(&ecole.caue, precisions.clone()).await;
        let debut: String = precisions.to_string().chars().take(150).collect();
        assert_eq!(refus.statut.as_u16(), statut, "{debut} : {}", refus.texte);
        assert!(refus.texte.contains(phrase), "{debut} : {}", refus.texte);
        assert!(refus.json()["champ"].is_string(), "{debut}");
    }
    let anomalies = ecole
        .proposer(
            &ecole.caue,
            json!({ "code": "w", "unites": ["commune:99999", "commune:26001", "epci:1"] }),
        )
        .await;
    let anomalies = anomalies.json()["anomalies"].as_array().unwrap().clone();
    assert_eq!(anomalies.len(), 2, "{anomalies:?}");
    assert_eq!((&anomalies[1]["element"], &anomalies[1]["valeur"]), (&json!(3), &json!("1")));
    // What is no JSON, too much of it, or of another kind.
    let entete = |genre| {
        [
            ("sec-fetch-site", "same-origin"),
            ("cookie", ecole.caue.as_str()),
            ("content-type", genre),
        ]
    };
    let grand = format!("{{\"a\": \"{}\"}}", "a".repeat(3 << 20));
    for (genre, corps, statut) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        ("application/json", &"[".repeat(50_000), 400),
        ("text/plain", "{}", 415),
        ("application/x-www-form-urlencoded", "a=b", 415),
        ("application/json", &grand, 413),
    ] {
        let refus = ecole.essai.demander(Method::POST, "/api/zones", &entete(genre), corps).await;
        assert_eq!(refus.statut.as_u16(), statut, "{genre} : {}", refus.texte);
    }
}
