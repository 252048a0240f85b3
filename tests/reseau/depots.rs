//! Tables of demandes sent to the service: judged as at the command line, written by who may, all or nothing.

use axum::http::StatusCode;
use maillage::demandes::import::{Options, Rendu, demandes};
use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::pays::Pays;
use crate::service::{Essai, Recue};

struct Depots {
    essai: Essai,
    reseau: &'static str,
    caue: String,
    sde: String,
    coordinateur: String,
    lecteur: String,
}

impl Depots {
    async fn nouveaux(reseau: &'static str) -> Self {
        let essai = Essai::nouveau().await;
        essai.pays.charger(&Reseau::nouveau(reseau)).await;
        let [caue, sde, coordinateur, lecteur] = essai.gens(reseau).await;
        Self { essai, reseau, caue, sde, coordinateur, lecteur }
    }

    async fn deposer(&self, biscuit: &str, question: &str, octets: impl AsRef<[u8]>) -> Recue {
        let adresse = format!("/api/demandes/import?reseau={}{question}", self.reseau);
        self.essai.deposer(&adresse, biscuit, octets.as_ref()).await
    }

    async fn compter(&self, table: &str) -> i64 {
        let question = format!("select count(*) from {table} where reseau = $1");
        sqlx::query_scalar(sqlx::AssertSqlSafe(question))
            .bind(self.reseau)
            .fetch_one(&mut self.essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    }
}

/// What the command line makes of a text, tried.
async fn a_la_commande(pays: &Pays, reseau: &str, texte: &str) -> Rendu {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = lieu.path().join("tableau.csv");
    std::fs::write(&fichier, texte).unwrap();
    let options =
        Options { partenaire: Some("caue".into()), essai: true, ..Options::nouvelles(reseau) };
    demandes(&pays.base, vec![fichier], options, &Default::default()).await.unwrap().rendre()
}

fn comptes(rendu: &Value) -> [i64; 5] {
    ["nouvelles", "changees", "identiques", "disparues", "refusees"]
        .map(|nom| rendu[nom].as_i64().unwrap())
}

const BONNES: &str = "ref;date;beneficiaire;theme;objet;contact;courriel;type de demandeur\n\
    A1;01/02/2026;26001;batiments;Une école;Anne;a@ex.fr;Commune\n\
    A2;02/02/2026;26399;eau-potable;;;;Commune\n\
    A3;03/02/2026;26002;batiments;;M. Secret;s@ex.fr;Particulier\n";

#[tokio::test]
async fn a_table_is_judged_alike_by_the_service_and_by_the_command_line() {
    let depots = Depots::nouveaux("depot-jugement").await;
    let texte = format!(
        "{BONNES}A4;32/02/2026;26001;batiments;;;;\nA5;04/02/2026;Comune 3;batiments;;;;\n\
         A6;04/02/2026;26003;jardins;;;;\nA1;04/02/2026;26003;batiments;;;;\n"
    );
    let essaye = depots.deposer(&depots.caue, "&essai=true", &texte).await;
    assert_eq!(essaye.statut, StatusCode::OK, "{}", essaye.texte);
    let rendu = essaye.json();
    let mut attendu =
        serde_json::to_value(a_la_commande(&depots.essai.pays, depots.reseau, &texte).await)
            .unwrap();
    // Pairs are for whoever coordinates.
    attendu["doublons"] = Value::Null;
    assert_eq!(rendu, attendu);
    assert_eq!(comptes(&rendu), [2, 0, 0, 0, 4]);
    assert_eq!(rendu["particuliers"], 1);
    let refus = rendu["refus"].as_array().unwrap();
    assert_eq!((&refus[0]["ligne"], &refus[0]["valeur"]), (&json!(5), &json!("32/02/2026")));
    assert!(refus[1]["raison"].as_str().unwrap().contains("Vouliez-vous dire"), "{}", refus[1]);
    assert!(!essaye.texte.contains("Secret") && !essaye.texte.contains("s@ex.fr"));
    assert_eq!((depots.compter("demande").await, depots.compter("livraison").await), (0, 0));

    let ecrit = depots.deposer(&depots.caue, "", BONNES).await;
    assert_eq!(ecrit.statut, StatusCode::OK, "{}", ecrit.texte);
    assert_eq!(comptes(&ecrit.json()), [2, 0, 0, 0, 0]);
    assert_eq!(
        (
            depots.compter("demande").await,
            depots.compter("contact").await,
            depots.compter("demande_particuliere").await,
            depots.compter("livraison").await
        ),
        (2, 1, 1, 1)
    );
    // The same again writes nothing; a change is told with what it takes the place of.
    let encore = depots.deposer(&depots.caue, "", BONNES).await.json();
    assert_eq!(comptes(&encore), [0, 0, 2, 0, 0]);
    let change = BONNES.replace("Une école", "Deux écoles").replace("A2;", "B2;");
    let change = depots.deposer(&depots.coordinateur, "&partenaire=caue", &change).await.json();
    assert_eq!(comptes(&change), [1, 1, 0, 1, 0]);
    assert_eq!(
        change["changements"],
        json!([{ "reference": "A1", "champs": ["objet"], "avant": { "objet": "Une école" },
                 "apres": { "objet": "Deux écoles" } }])
    );
    let commande = a_la_commande(&depots.essai.pays, depots.reseau, BONNES).await;
    assert_eq!((commande.changees, commande.identiques, commande.disparues), (1, 1, 1));
    // Its former commune is followed to the present one, as after a load at the command line.
    let suivies: i64 = sqlx::query_scalar(
        "select count(*) from succession where reseau = $1 and ancien = '26399'",
    )
    .bind(depots.reseau)
    .fetch_one(&mut depots.essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert!(suivies > 0);
    let (auteur, origine): (String, String) = sqlx::query_as(
        "select auteur, origine from journal where reseau = $1 and objet = 'demande' and operation = 'update'",
    )
    .bind(depots.reseau)
    .fetch_one(&mut depots.essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(
        (auteur.as_str(), origine.as_str()),
        ("coord@depot-jugement.example", "POST /api/demandes/import")
    );
}

#[tokio::test]
async fn one_wrong_row_keeps_the_others_out_unless_the_good_ones_are_kept() {
    let depots = Depots::nouveaux("depot-tout").await;
    let texte = format!("{BONNES}A4;hier;26001;batiments;;;;\n");
    let refuse = depots.deposer(&depots.caue, "", &texte).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let dit = refuse.json();
    assert_eq!((&dit["champ"], &dit["rendu"]["refusees"]), (&json!("tableau"), &json!(1)));
    let detail = dit["detail"].as_str().unwrap();
    assert!(
        detail.contains("Ligne 5, date : « hier » n'est pas une date")
            && detail.contains("garder=true"),
        "{detail}"
    );
    assert_eq!((depots.compter("demande").await, depots.compter("livraison").await), (0, 0));
    let garde = depots.deposer(&depots.caue, "&garder=true", &texte).await;
    assert_eq!((garde.statut, comptes(&garde.json())), (StatusCode::OK, [2, 0, 0, 0, 1]));
    let refus: Value = sqlx::query_scalar("select refus from livraison where reseau = $1")
        .bind(depots.reseau)
        .fetch_one(&mut depots.essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    assert_eq!(refus, json!({ "date": 1 }));
}

#[tokio::test]
async fn a_partner_loads_its_own_demandes_and_a_coordinator_those_of_all() {
    let depots = Depots::nouveaux("depot-droits").await;
    let ailleurs = depots.essai.entrer("x@depot-droits.example", &[]).await;
    let de_tous = "ref,date,code,theme,partenaire\nA1,01/02/2026,26001,batiments,caue\n\
        B1,01/02/2026,26001,eclairage,sde\n";
    for (qui, attendu) in [("", 401), (&depots.lecteur, 403), (&ailleurs, 403)] {
        let refuse = depots.deposer(qui, "", de_tous).await;
        assert_eq!(refuse.statut.as_u16(), attendu, "{}", refuse.texte);
    }
    let refuse = depots.deposer(&depots.caue, "&partenaire=sde", de_tous).await;
    assert_eq!(refuse.statut, StatusCode::FORBIDDEN);
    // The rows of another are refused one by one, and change nothing of it.
    let refuse = depots.deposer(&depots.caue, "", de_tous).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", refuse.texte);
    assert!(refuse.texte.contains("Vous n'écrivez pas pour « sde »"), "{}", refuse.texte);
    let garde = depots.deposer(&depots.caue, "&garder=true", de_tous).await.json();
    assert_eq!(comptes(&garde), [1, 0, 0, 0, 1]);
    let tout = depots.deposer(&depots.coordinateur, "", de_tous).await;
    assert_eq!(comptes(&tout.json()), [1, 0, 1, 0, 0], "{}", tout.texte);
    // Another's of the same reference is not compared, and not gone.
    let sienne = "ref,date,code,theme\nA1,05/02/2026,26002,eclairage\n";
    let sienne = depots.deposer(&depots.sde, "", sienne).await.json();
    assert_eq!(comptes(&sienne), [1, 0, 0, 1, 0], "{sienne}");
    let lues: Vec<(String, String)> =
        sqlx::query_as("select partenaire, reference from demande where reseau = $1 order by 1, 2")
            .bind(depots.reseau)
            .fetch_all(&mut depots.essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap();
    let attendues = [("caue", "A1"), ("sde", "A1"), ("sde", "B1")];
    assert_eq!(lues, attendues.map(|(p, r)| (p.to_owned(), r.to_owned())));
}

#[tokio::test]
async fn what_a_partner_gained_from_another_stays_when_it_loads_its_table_again() {
    let depots = Depots::nouveaux("depot-gains").await;
    let texte = "ref,date,code,theme\nA1,01/02/2026,26001,batiments\n";
    assert_eq!(depots.deposer(&depots.caue, "", texte).await.statut, StatusCode::OK);
    let du_sde = "ref,date,code,theme\nB1,02/02/2026,26001,eclairage\n";
    assert_eq!(depots.deposer(&depots.sde, "", du_sde).await.statut, StatusCode::OK);
    let mut connexion = depots.essai.pays.base.connexion().await.unwrap();
    for ordre in [
        "update demande b set fusionnee = a.id from demande a
         where a.reseau = $1 and b.reseau = $1 and a.reference = 'A1' and b.reference = 'B1'",
        "update demande set themes = '{batiments,eclairage}', partenaires = '{caue,sde}'
         where reseau = $1 and reference = 'A1'",
    ] {
        sqlx::query(ordre).bind(depots.reseau).execute(&mut connexion).await.unwrap();
    }
    let encore = depots.deposer(&depots.caue, "", texte).await.json();
    assert_eq!(comptes(&encore), [0, 0, 1, 0, 0], "{encore}");
    // And the one that was found to be another is written again by its own table, as at the command line.
    let du_sde = "ref,date,code,theme,objet\nB1,02/02/2026,26001,eclairage,Un mât\n";
    let encore = depots.deposer(&depots.sde, "", du_sde).await;
    assert_eq!(comptes(&encore.json()), [0, 1, 0, 0, 0], "{}", encore.texte);
}

#[tokio::test]
async fn two_loads_at_once_write_each_demande_once() {
    let depots = Depots::nouveaux("depot-ensemble").await;
    let (un, autre) = tokio::join!(
        depots.deposer(&depots.caue, "", BONNES),
        depots.deposer(&depots.coordinateur, "&partenaire=caue", BONNES)
    );
    let mut nouvelles = [comptes(&un.json())[0], comptes(&autre.json())[0]];
    nouvelles.sort_unstable();
    assert_eq!((nouvelles, depots.compter("demande").await), ([0, 2], 2));
}

/// What is said of a file that is not a table of demandes.
async fn phrase(depots: &Depots, octets: &[u8]) -> String {
    let recue = depots.deposer(&depots.caue, "&essai=true", octets).await;
    assert_eq!(recue.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", recue.texte);
    recue.json()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_wrong_file_is_explained() {
    let depots = Depots::nouveaux("depot-faux").await;
    let mut protege = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    protege.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let mut longue = String::from("ref,date,code,theme\n");
    for n in 0..100_000 {
        longue += &format!("A{n},01/02/2026,26001,batiments\n");
    }
    let large = "a,".repeat(300) + "\n" + &"1,".repeat(300) + "\n";
    for (octets, mots) in [
        (&b""[..], &["vide"][..]),
        (b"   \n\n", &["vide"]),
        (b"%PDF-1.7\n%\xe2\xe3", &["est un PDF"]),
        (&protege, &["mot de passe"]),
        (b"PK\x03\x04word/document.xml", &["archive ou un document"]),
        (
            "Réf;Quand;Thématique\nA1;01/02/2026;batiments\n".as_bytes(),
            &["date de la demande", "bénéficiaire", "Colonnes du tableau : Réf, Quand, Thématique"],
        ),
        ("ref;date;code;ThÃ©matique\nA1;1/2/2026;26001;x\n".as_bytes(), &["accents", "UTF-8"]),
        (longue.as_bytes(), &["plus de 20\u{202f}000 lignes", "partagez-le"]),
        (large.as_bytes(), &["plus de 100 colonnes"]),
    ] {
        let dit = phrase(&depots, octets).await;
        for mot in mots {
            assert!(dit.contains(mot), "{mot} : {dit}");
        }
        assert!(!dit.contains("--"), "no option of the command line: {dit}");
    }
    let lourd = vec![b'a'; 9 << 20];
    let refuse = depots.deposer(&depots.caue, "", &lourd).await;
    assert_eq!(refuse.statut, StatusCode::PAYLOAD_TOO_LARGE);
    // Latin-1 and UTF-16 are read as they are.
    let texte = "Réf;Date;Code;Thème\nA1;01/02/2026;26001;Éclairage public\n";
    let latin: Vec<u8> = texte.chars().map(|lettre| lettre as u8).collect();
    let seize: Vec<u8> =
        [0xfeff].into_iter().chain(texte.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for octets in [latin, seize] {
        let lu = depots.deposer(&depots.caue, "&essai=true", &octets).await;
        assert_eq!(lu.statut, StatusCode::OK, "{}", lu.texte);
        assert_eq!(comptes(&lu.json()), [1, 0, 0, 0, 0], "{}", lu.texte);
    }
    assert_eq!(depots.compter("demande").await, 0);
}

#[tokio::test]
async fn what_a_database_cannot_hold_is_refused_by_its_row() {
    let depots = Depots::nouveaux("depot-bornes").await;
    let texte = format!(
        "ref,date,code,theme,objet,jours\nA1,01/02/2026,26001,batiments,{},\n{},01/02/2026,26001,batiments,,\n\
         A3,01/02/2026,26001,batiments,,99999.999\nA4,01/02/2026,26001,batiments,a\0b,\n",
        "o".repeat(10_001),
        "r".repeat(201)
    );
    let rendu = depots.deposer(&depots.caue, "&essai=true", &texte).await;
    assert_eq!(rendu.statut, StatusCode::OK, "{}", rendu.texte);
    assert_eq!(comptes(&rendu.json()), [0, 0, 0, 0, 4], "{}", rendu.texte);
}

#[tokio::test]
async fn headings_that_are_said_once_are_remembered() {
    let depots = Depots::nouveaux("depot-colonnes").await;
    let texte = "Num;Quand;Lieu;Sujet de fond\nA1;01/02/2026;26001;Bâti\n";
    let dites = "&colonnes=Quand%3Ddate%2CLieu%3Dcode%2CSujet%20de%20fond%3Dtheme&valeurs=theme%3AB%C3%A2ti%3Dbatiments";
    let refuse = depots.deposer(&depots.caue, "", texte).await.json();
    assert_eq!(
        refuse["tableau"]["manquantes"],
        json!(["date", "theme", "beneficiaire"]),
        "{refuse}"
    );
    let essaye = depots.deposer(&depots.caue, &format!("{dites}&essai=true"), texte).await;
    assert_eq!(essaye.statut, StatusCode::OK, "{}", essaye.texte);
    assert_eq!(depots.compter("correspondance").await, 0);
    let ecrit = depots.deposer(&depots.caue, dites, texte).await;
    assert_eq!(comptes(&ecrit.json()), [1, 0, 0, 0, 0], "{}", ecrit.texte);
    assert_eq!(comptes(&depots.deposer(&depots.caue, "", texte).await.json()), [0, 0, 1, 0, 0]);
    let faux = depots.deposer(&depots.caue, "&colonnes=Quand%3Drien", texte).await;
    assert_eq!(faux.statut, StatusCode::BAD_REQUEST);
    assert!(!faux.texte.contains("--"), "{}", faux.texte);
}
