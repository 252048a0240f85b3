//! What somebody tries without knowing: numbers one by one, and SQL in every parameter.

use axum::http::Method;
use serde_json::Value;

use crate::complet::peupler;
use crate::service::Essai;

/// Everything that a stranger could change by its number alone.
#[tokio::test]
async fn numbers_guessed_one_by_one_change_and_tell_nothing() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "numeros").await;
    let coordinateur = essai.entrer("coord@numeros.example", &["numeros:coordinateur"]).await;
    let caue = essai.entrer("caue@numeros.example", &["numeros:partenaire:caue"]).await;
    essai.envoyer("/espace/jetons", &coordinateur, "nom=QGIS&reseau=numeros&jours=30").await;
    let invite = "courriel=invitee@numeros.example&nom=Invitée&droit=numeros:lecteur";
    essai.envoyer("/espace/equipe", &coordinateur, invite).await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let mut etat = async || -> String {
        sqlx::query_scalar(
            "with siens as (select id from compte where courriel like '%@numeros.example')
             select concat_ws('/',
               (select string_agg(d::text, ',' order by d.id) from droit d where d.reseau = 'numeros'),
               (select string_agg(s.id::text, ',' order by s.id) from session s join siens c on c.id = s.compte),
               (select string_agg(concat(j.id, j.revoque_le), ',' order by j.id) from jeton j join siens c on c.id = j.compte),
               (select string_agg(concat(z.id, z.revision, z.etat), ',' order by z.id) from zone z where z.reseau = 'numeros'),
               (select string_agg(concat(m.id, m.revision), ',' order by m.id) from demande m where m.reseau = 'numeros'))",
        )
        .fetch_one(&mut connexion)
        .await
        .unwrap()
    };
    let avant = etat().await;
    let mut proprietaire = essai.pays.base.connexion().await.unwrap();
    let maxima: (i32, i32, i32, i64) = sqlx::query_as(
        "select (select max(id) from droit), (select max(id) from session), (select max(id) from jeton),
           (select max(id) from demande)",
    )
    .fetch_one(&mut proprietaire)
    .await
    .unwrap();
    let etranger = essai.entrer("personne@numeros-ailleurs.example", &[]).await;
    for biscuit in [etranger.as_str(), &caue] {
        for recul in 0..25 {
            let (droit, session) = (maxima.0 - recul, maxima.1 - recul);
            let (jeton, demande) = (maxima.2 - recul, maxima.3 - i64::from(recul));
            for adresse in [
                format!("/espace/equipe/{droit}/retirer"),
                format!("/espace/numeros/equipe/{droit}"),
                format!("/espace/invitations/{droit}/accepter"),
                format!("/espace/invitations/{droit}/refuser"),
                format!("/espace/jetons/{jeton}/revoquer"),
            ] {
                let refus = essai.envoyer(&adresse, biscuit, "").await;
                assert_eq!(refus.statut.as_u16(), 404, "{adresse} : {}", refus.texte);
            }
            // Somebody else's session is as one that is not there: nothing happens, and nothing says so.
            let mienne: bool = sqlx::query_scalar(
                "select exists (select from session s join compte c on c.id = s.compte where s.id = $1
                   and c.courriel in ('personne@numeros-ailleurs.example', 'caue@numeros.example'))",
            )
            .bind(session)
            .fetch_one(&mut proprietaire)
            .await
            .unwrap();
            if !mienne {
                let adresse = format!("/espace/sessions/{session}/fermer");
                assert_eq!(essai.envoyer(&adresse, biscuit, "").await.statut.as_u16(), 303);
            }
            if biscuit == etranger {
                let adresse = format!("/api/demandes/{demande}");
                let lue = essai.lire(&adresse, &[("cookie", biscuit)]).await;
                assert_eq!(lue.statut.as_u16(), 404, "{adresse} : {}", lue.texte);
                let corps = serde_json::json!({ "revision": 1, "objet": "Pris" });
                let refus = essai.ecrire(Method::PATCH, &adresse, biscuit, &corps).await;
                assert_eq!(refus.statut.as_u16(), 404, "{adresse} : {}", refus.texte);
            }
        }
    }
    assert_eq!(etat().await, avant);
    assert_eq!(essai.moi(&coordinateur).await["courriel"], "coord@numeros.example");
}

/// What ends a text, and begins another statement, another role, another file.
const PIEGES: [&str; 9] = [
    "'",
    "\"",
    "'; drop table demande; --",
    "1; set role postgres; select 1",
    "$$; reset role; set session authorization postgres; $$",
    "') or true --",
    "\\'; set local maillage.principal = 'session:0'; --",
    "caue', 'sde",
    "pg_read_file('/etc/passwd')",
];

/// Each parameter of each operation of the document, alone beside the example's others.
#[tokio::test]
async fn sql_in_any_parameter_is_a_text_like_another() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "injecte").await;
    let caue = essai.entrer("caue@injecte.example", &["injecte:partenaire:caue"]).await;
    let document = essai.lire("/api/openapi.json", &[]).await.json();
    let (mut essayes, mut tuiles) = (0, 0);
    for (chemin, dites) in document["paths"].as_object().unwrap() {
        let Some(operation) = dites.get("get") else { continue };
        let exemple = operation["x-exemple"].as_str().unwrap().replace("drome", "injecte");
        let (base, question) = exemple.split_once('?').unwrap_or((&exemple, ""));
        let parametres = operation["parameters"].as_array().unwrap();
        for nom in parametres.iter().filter(|p| p["in"] == "query").map(|p| &p["name"]) {
            let nom = nom.as_str().unwrap();
            let autres = question.split('&').filter(|p| !p.starts_with(&format!("{nom}=")));
            for piege in PIEGES {
                let encode: String = form_urlencoded::byte_serialize(piege.as_bytes()).collect();
                let paires: Vec<String> =
                    autres.clone().map(str::to_owned).chain([format!("{nom}={encode}")]).collect();
                let adresse = format!("{base}?{}", paires.join("&"));
                essayer(&essai, &caue, &adresse).await;
                essayes += 1;
                tuiles += usize::from(chemin.starts_with("/tuiles"));
            }
        }
        // And in the path.
        for (rang, _) in chemin.split('/').enumerate().filter(|(_, s)| s.starts_with('{')) {
            for piege in PIEGES {
                let encode = percent_encoding::utf8_percent_encode(
                    piege,
                    percent_encoding::NON_ALPHANUMERIC,
                );
                let mut segments: Vec<String> = base.split('/').map(str::to_owned).collect();
                if let Some(segment) = segments.get_mut(rang) {
                    *segment = encode.to_string();
                }
                essayer(&essai, &caue, &segments.join("/")).await;
                essayes += 1;
            }
        }
    }
    assert!(essayes > 1_000 && tuiles > 50, "{essayes} {tuiles}");
    // The tables are there, the service is itself, and nobody has become somebody else.
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    let demandes: i64 = sqlx::query_scalar("select count(*) from demande where reseau = 'injecte'")
        .fetch_one(&mut connexion)
        .await
        .unwrap();
    assert!(demandes > 0);
    let brouillons = essai.lire("/api/demandes/suivies?reseau=injecte", &[]).await.json();
    assert_eq!(brouillons["demandes"], Value::Array(vec![]));
    assert_eq!(essai.moi(&caue).await["courriel"], "caue@injecte.example");
}

async fn essayer(essai: &Essai, caue: &str, adresse: &str) {
    let recue = essai.lire(adresse, &[("cookie", caue)]).await;
    assert!(!recue.statut.is_server_error(), "{adresse} : {}", recue.texte);
    // Nothing of the database is told: neither its words nor its secrets.
    let dit = recue.texte.replace("pg_read_file", "");
    for indiscret in ["syntax error", "relation \"", "pg_", "sqlx", "root:x:0"] {
        assert!(!dit.contains(indiscret), "{adresse} : {}", recue.texte);
    }
}
