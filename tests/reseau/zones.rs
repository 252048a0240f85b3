//! Zones given by hand as lists, the states of their versions, and what is answered of them.

use maillage::error::Result;
use maillage::partenaires::zones::import::{self, Bilan, Options};
use maillage::partenaires::zones::{Defauts, Etat, etats, registre};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

pub fn options(reseau: &str) -> Options {
    Options {
        reseau: reseau.to_owned(),
        defauts: Defauts {
            partenaire: Some("caue".into()),
            debut: "2015-01-01".parse().ok(),
            ..Defauts::default()
        },
        ..Options::default()
    }
}

pub async fn essayer(pays: &Pays, nom: &str, octets: &[u8], options: Options) -> Result<Bilan> {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = lieu.path().join(nom);
    std::fs::write(&fichier, octets).unwrap();
    import::zones(&pays.base, fichier, options, &Default::default()).await
}

pub async fn importer(pays: &Pays, nom: &str, texte: &str, options: Options) -> Bilan {
    essayer(pays, nom, texte.as_bytes(), options).await.unwrap()
}

pub async fn decider(pays: &Pays, quoi: &str, zone: &str) -> Result<Vec<String>> {
    let mut connexion = pays.base.connexion().await?;
    let mut transaction = connexion.begin().await.unwrap();
    let zone = zone.parse()?;
    let decision = match quoi.split_once(' ') {
        None => etats::valider(&mut transaction, &zone).await?,
        Some(("refuser", motif)) => etats::refuser(&mut transaction, &zone, motif).await?,
        Some((_, le)) => etats::retirer(&mut transaction, &zone, le.parse().unwrap()).await?,
    };
    transaction.commit().await.unwrap();
    Ok(decision.phrases)
}

/// Rows of a zone's versions: version, state, first and last days.
pub async fn versions(
    pays: &Pays,
    reseau: &str,
    code: &str,
) -> Vec<(i16, String, String, Option<String>)> {
    sqlx::query_as(
        "select version, etat, debut::text, fin::text from zone where reseau = $1 and code = $2 order by 1",
    )
    .bind(reseau)
    .bind(code)
    .fetch_all(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap()
}

fn couvertes(zone: &Value) -> Vec<&str> {
    zone["communes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|commune| commune["couverte"] == true && commune["dans_perimetre"] == true)
        .map(|commune| commune["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_lone_column_of_codes_is_a_proposal_that_the_public_does_not_see() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("seule")).await;
    let bilan = importer(&pays, "z.csv", "code_insee\n26001\n26002\n", options("seule")).await;
    assert_eq!((bilan.rejets.len(), bilan.zones.len()), (0, 1));
    assert_eq!((bilan.zones[0].code.as_str(), bilan.zones[0].etat), ("caue", Etat::Proposee));
    assert_eq!(bilan.zones[0].couvertes, 2);
    assert_eq!(pays.lire("/api/zones?reseau=seule").await["zones"], json!([]));
    pays.refus("/api/zones/seule/caue", 404).await;
    pays.refus("/api/zones/seule/caue/contour", 404).await;
    let piscine = pays.base.piscine();
    let mut public = maillage::comptes::Principal::Public.transaction(&piscine).await.unwrap();
    for table in ["zone_commune", "zone_contour", "zone_unite", "zone_non_reportee"] {
        let requete = format!("select count(*) from {table} where reseau = 'seule'");
        let vues: i64 =
            sqlx::query_scalar(AssertSqlSafe(requete)).fetch_one(&mut *public).await.unwrap();
        assert_eq!(vues, 0, "{table}");
    }
    drop(public);
    let annees = "/api/couverture?reseau=seule";
    assert_eq!(pays.lire(annees).await["unites"]["26001"]["partenaires"], 0);

    let phrases = decider(&pays, "valider", "seule/caue").await.unwrap();
    assert!(phrases[0].contains("est validée, à compter du 01/01/2015"), "{phrases:?}");
    assert_eq!(pays.lire(annees).await["unites"]["26001"]["partenaires"], 1);
    let zone = pays.lire("/api/zones/seule/caue").await;
    assert_eq!(couvertes(&zone), ["26001", "26002"]);
    assert_eq!(zone["seuil_couverture"], 0.5);
    let liste = pays.lire("/api/zones?reseau=seule&etat=validee&partenaire=caue").await;
    assert_eq!(liste["zones"][0]["communes"], 2);
    pays.refus("/api/zones?reseau=seule&etat=autre", 400).await;
    pays.refus("/api/zones?reseau=inconnu", 404).await;
}

#[tokio::test]
async fn the_same_file_changes_nothing_and_a_changed_one_is_a_new_version() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("versions")).await;
    let liste = "code_insee;nom\n26001;Commune 1\n26002;Commune 2\n";
    importer(&pays, "z.csv", liste, options("versions")).await;
    let inverse = "Nom,Autre,INSEE\nCommune 2,,26002\nCommune 1,x,26001\n";
    let bilan = importer(&pays, "autre.csv", inverse, options("versions")).await;
    assert!(bilan.zones[0].identique);
    assert_eq!(versions(&pays, "versions", "caue").await.len(), 1);
    decider(&pays, "valider", "versions/caue").await.unwrap();

    let mut suite = options("versions");
    suite.defauts.debut = "2018-07-01".parse().ok();
    importer(&pays, "z.csv", "insee\n26003\n", suite.clone()).await;
    let phrases = decider(&pays, "valider", "versions/caue").await.unwrap();
    assert!(
        phrases[1].contains("La version 1 de versions/caue prend fin le 30/06/2018"),
        "{phrases:?}"
    );
    assert_eq!(
        versions(&pays, "versions", "caue").await,
        [
            (1, "validee".into(), "2015-01-01".into(), Some("2018-06-30".into())),
            (2, "validee".into(), "2018-07-01".into(), None)
        ]
    );
    // A version that begins before the one in force takes its whole place.
    suite.defauts.debut = "2018-01-01".parse().ok();
    suite.valider = true;
    let bilan = importer(&pays, "z.csv", "insee\n26004\n", suite).await;
    assert_eq!((bilan.zones[0].version, bilan.zones[0].etat), (3, Etat::Validee));
    let etats: Vec<_> = versions(&pays, "versions", "caue").await;
    assert_eq!((etats[0].3.as_deref(), etats[1].1.as_str()), (Some("2017-12-31"), "expiree"));
    assert_eq!(couvertes(&pays.lire("/api/zones/versions/caue").await), ["26004"]);
    let ancienne = pays.lire("/api/zones/versions/caue?version=1").await;
    assert_eq!(ancienne["etat"], "expiree");
    assert_eq!(ancienne["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn illegal_decisions_are_refused_with_a_sentence() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("decisions")).await;
    importer(&pays, "z.csv", "insee\n26001\n", options("decisions")).await;
    let zone = "decisions/caue";
    for (quoi, zone, attendu) in [
        ("valider", "decisions/rien", "n'a pas de zone"),
        ("valider", "decisions/caue@7", "n'a pas cette version"),
        ("retirer 2020-01-01", zone, "n'est que proposée"),
        ("refuser  ", zone, "se motive"),
    ] {
        let phrase = decider(&pays, quoi, zone).await.unwrap_err().to_string();
        assert!(phrase.contains(attendu), "{quoi} {zone} : {phrase}");
    }
    decider(&pays, "refuser Il manque une commune.", zone).await.unwrap();
    for quoi in ["valider", "refuser Encore.", "retirer 2020-01-01"] {
        let phrase = decider(&pays, quoi, zone).await.unwrap_err().to_string();
        assert!(phrase.contains("refusée"), "{quoi} : {phrase}");
    }
    let bilan = importer(&pays, "z.csv", "insee\n26001\n", options("decisions")).await;
    assert!(bilan.zones[0].identique && bilan.to_string().contains("a été refusée"), "{bilan}");
    importer(&pays, "z.csv", "insee\n26001\n26002\n", options("decisions")).await;
    decider(&pays, "valider", zone).await.unwrap();
    for (quoi, attendu) in [
        ("valider", "déjà validée"),
        ("refuser Non.", "ne se refuse plus"),
        ("retirer 2014-12-31", "commence le 01/01/2015"),
    ] {
        let phrase = decider(&pays, quoi, zone).await.unwrap_err().to_string();
        assert!(phrase.contains(attendu), "{quoi} : {phrase}");
    }
    decider(&pays, "retirer 2017-12-31", zone).await.unwrap();
    assert_eq!(pays.lire("/api/zones/decisions/caue").await["etat"], "expiree");
    let expirees = pays.lire("/api/zones?reseau=decisions&etat=expiree").await;
    assert_eq!(expirees["zones"].as_array().unwrap().len(), 1);
    let phrase = decider(&pays, "retirer 2018-01-01", zone).await.unwrap_err().to_string();
    assert!(phrase.contains("prend déjà fin le 31/12/2017"), "{phrase}");
}

#[tokio::test]
async fn a_zone_leaves_out_one_commune_of_an_epci() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("sauf").sans("zones.csv").avec(
        "zones.csv",
        "code,partenaire,theme,maille,unite,debut,fin,exclue,version,etat,motif\n\
         z,caue,,epci,200040459,2010-01-01,,,,,\n\
         z,caue,,commune,26003,2010-01-01,,oui,,,\n\
         z,caue,,commune,26020,2010-01-01,,oui,,,\n\
         p,sde,,commune,26001,2010-01-01,,non,2,proposee,\n\
         r,sde,,commune,26001,2010-01-01,,,1,refusee,Trop petite\n\
         x,sde,,commune,26001,2010-01-01,,peut-être,1,,\n\
         x,sde,,commune,26001,2010-01-01,,,zéro,,\n\
         x,sde,,commune,26001,2010-01-01,,,1,bonne,\n",
    );
    let bilan = pays.charger(&reseau).await;
    let colonnes: Vec<_> = bilan.rejets.iter().map(|rejet| rejet.colonne.as_str()).collect();
    assert_eq!(colonnes, ["exclue", "version", "etat"]);
    assert!(
        bilan
            .remarques
            .iter()
            .any(|r| r.contains("exclut commune:26020, qui n'en fait pas partie")),
        "{:?}",
        bilan.remarques
    );
    assert!(
        !bilan.remarques.iter().any(|r| r.contains("exclut commune:26003")),
        "{:?}",
        bilan.remarques
    );
    let zone = pays.lire("/api/zones/sauf/z").await;
    let couvertes = couvertes(&zone);
    assert_eq!(couvertes.len(), 9);
    assert!(!couvertes.contains(&"26003"));
    assert_eq!(versions(&pays, "sauf", "p").await[0].1, "proposee");
    assert_eq!(pays.lire("/api/zones?reseau=sauf").await["zones"].as_array().unwrap().len(), 1);
    // The same by hand.
    let liste = "unite;exclue\n200040459;\n26003;x\n26020;oui\n";
    let bilan = importer(&pays, "z.csv", liste, options("sauf")).await;
    assert_eq!((bilan.zones[0].couvertes, bilan.remarques.len()), (9, 1));
}

#[tokio::test]
async fn a_list_that_holds_a_post_code_is_not_proposed_by_half() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("postal")).await;
    let liste = "commune;nom\n26003;Commune 3\n29400;Commune 1\n";
    let bilan = importer(&pays, "z.csv", liste, options("postal")).await;
    assert_eq!(bilan.zones.len(), 0);
    let dit = bilan.to_string();
    assert!(dit.contains("ligne 3, unite : Le code « 29400 » est un code postal"), "{dit}");
    assert!(dit.contains("La zone « caue » n'est pas proposée"), "{dit}");
    assert_eq!(versions(&pays, "postal", "caue").await.len(), 0);
    let sans_debut = Options { defauts: Defauts::default(), ..options("postal") };
    let bilan =
        importer(&pays, "z.csv", "partenaire;insee\ncaue;26003\n;26003\n", sans_debut).await;
    assert!(bilan.rejets[0].raison.contains("--debut"), "{bilan}");
    assert!(bilan.rejets[1].raison.contains("--partenaire"), "{bilan}");
    let vide = essayer(&pays, "z.csv", b"", options("postal")).await.unwrap_err().to_string();
    assert!(vide.contains("est vide"), "{vide}");
    let autre =
        essayer(&pays, "z.csv", b"a;b\n1;2\n", options("postal")).await.unwrap_err().to_string();
    assert!(autre.contains("--colonnes"), "{autre}");
}

#[tokio::test]
async fn columns_have_the_names_and_dates_that_people_give_them() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("colonnes")).await;
    let liste = "Secteur;Qui;Thématique;Depuis;Date fin;Insee\n\
        nord;caue;batiments;43465;31/12/2030;26001\n\
        nord;caue;batiments;31/12/2018;2030-12-31;26002\n\
        sud;sde;;2018-12-31;;26003\n";
    let mut options = Options { reseau: "colonnes".into(), ..Options::default() };
    options.lecture.colonnes =
        vec![("Secteur".into(), "code".into()), ("Qui".into(), "partenaire".into())];
    let bilan = importer(&pays, "z.csv", liste, options.clone()).await;
    assert_eq!(bilan.rejets, []);
    assert_eq!(
        versions(&pays, "colonnes", "nord").await,
        [(1, "proposee".into(), "2018-12-31".into(), Some("2030-12-31".into()))]
    );
    assert_eq!(bilan.zones.len(), 2);
    options.lecture.colonnes.push(("Rien".into(), "theme".into()));
    let erreur = essayer(&pays, "z.csv", liste.as_bytes(), options).await.unwrap_err().to_string();
    assert!(erreur.contains("n'a pas de colonne « Rien »"), "{erreur}");
}

#[tokio::test]
async fn a_regroupement_is_listed_as_a_unit_is() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("groupes")).await;
    let mut connexion = pays.base.connexion().await.unwrap();
    for ordre in [
        "insert into regroupement (reseau, code, nom) values ('groupes', 'canton', 'Canton')",
        "insert into regroupement_commune (reseau, regroupement, commune, millesime)
         values ('groupes', 'canton', '26001', 2019), ('groupes', 'canton', '26399', 2019)",
    ] {
        sqlx::query(ordre).execute(&mut connexion).await.unwrap();
    }
    maillage::partenaires::resoudre_tout(&pays.base).await.unwrap();
    let liste = "maille;unite;exclue\nregroupement;canton;\ncommune;26001;oui\n";
    let options = Options { valider: true, ..options("groupes") };
    let bilan = importer(&pays, "z.csv", liste, options.clone()).await;
    assert_eq!((bilan.rejets.len(), bilan.remarques.len()), (0, 0), "{bilan}");
    // 26399 became 26003.
    assert_eq!(couvertes(&pays.lire("/api/zones/groupes/caue").await), ["26003"]);
    let liste = "maille;unite\nregroupement;autre\n";
    let bilan = importer(&pays, "z.csv", liste, options).await;
    assert!(bilan.rejets[0].raison.contains("Codes admis : canton"), "{bilan}");
}

#[tokio::test]
async fn what_a_zone_could_not_carry_over_is_listed() {
    let pays = pays().await;
    let ligne = "z,caue,,regroupement,disparu,2010-01-01,\nz,caue,,commune,26001,2010-01-01,\n";
    pays.charger(&Reseau::nouveau("reportees").avec("zones.csv", ligne)).await;
    let zone = pays.lire("/api/zones/reportees/z").await;
    assert_eq!(
        zone["non_reportees"],
        json!([{"millesime": 2026, "maille": "regroupement", "code": "disparu"}])
    );
    let mut connexion = pays.base.connexion().await.unwrap();
    let nombres = registre::non_reportees(&mut connexion).await.unwrap();
    assert_eq!(nombres.get("reportees"), Some(&1));
    assert_eq!(nombres.get("groupes"), None);
}

#[tokio::test]
async fn a_decision_is_told_to_the_running_services() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("annonce")).await;
    importer(&pays, "z.csv", "insee\n26001\n", options("annonce")).await;
    let mut connexion = pays.base.connexion().await.unwrap();
    let mut ecoute = sqlx::postgres::PgListener::connect_with(&pays.base.piscine()).await.unwrap();
    ecoute.listen("maillage_donnees").await.unwrap();
    decider(&pays, "valider", "annonce/caue").await.unwrap();
    let annonce = tokio::time::timeout(std::time::Duration::from_secs(5), ecoute.recv()).await;
    assert!(annonce.is_ok_and(|recue| recue.is_ok()));
    let publiques: Vec<bool> =
        sqlx::query_scalar("select publique from zone_commune where reseau = 'annonce'")
            .fetch_all(&mut connexion)
            .await
            .unwrap();
    assert_eq!(publiques, [true]);
}
