//! The annual report, read as its reader does: the text of the PDF, figure by figure.

use std::collections::BTreeSet;
use std::process::Command;

use maillage::comptes::Principal;

use maillage::rapports::document::composer;
use maillage::rapports::donnees::{Consigne, Format, Periode, Rapport, Sujet, requetes};
use maillage::rapports::planches::Fonds;
use maillage::rapports::textes::{Textes, importer};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

pub fn consigne(reseau: &str, sujet: Sujet, annee: i16) -> Consigne {
    Consigne {
        reseau: reseau.to_owned(),
        sujet,
        periode: Periode::annee(annee).unwrap(),
        edition: "2019-02-01".parse().unwrap(),
        format: Format::A4,
    }
}

/// Loaded by the first who needs it: a load keeps those who write waiting.
pub async fn drome(pays: &Pays) {
    static CHARGEMENT: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _tour = CHARGEMENT.lock().await;
    let deja: bool = sqlx::query_scalar("select exists (select from reseau where code = 'drome')")
        .fetch_one(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    if deja {
        return;
    }
    let dossier = concat!(env!("CARGO_MANIFEST_DIR"), "/data/reseaux/drome").into();
    let bilan = importer(&pays.base, dossier, &Default::default()).await.unwrap();
    assert_eq!(bilan.rejets, []);
}

pub async fn lire(pays: &Pays, consigne: &Consigne) -> Rapport {
    let mut lecture = Principal::Public.lecture(&pays.base.piscine()).await.unwrap();
    Rapport::lire(&mut lecture, consigne).await.unwrap()
}

pub async fn imprimer(pays: &Pays, rapport: &Rapport) -> Vec<u8> {
    let mut lecture = Principal::Public.lecture(&pays.base.piscine()).await.unwrap();
    let fonds = Fonds::lire(&mut lecture, rapport).await.unwrap();
    composer(rapport, &Textes::default(), &fonds.dessiner(rapport).unwrap()).unwrap()
}

/// What a reader finds in it, spaces of all kinds made one, words that are cut at the end of a line whole.
pub fn texte(pdf: &[u8]) -> String {
    let fichier = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(fichier.path(), pdf).unwrap();
    let sortie = Command::new("pdftotext").arg(fichier.path()).arg("-").output().unwrap();
    assert!(sortie.status.success(), "pdftotext: {}", String::from_utf8_lossy(&sortie.stderr));
    let texte = String::from_utf8(sortie.stdout).unwrap();
    let texte = texte.split_whitespace().collect::<Vec<_>>().join(" ");
    texte.replace("\u{ad} ", "").replace(['\u{a0}', '\u{202f}'], " ")
}

#[tokio::test]
async fn the_report_of_drome_prints_the_figures_of_its_document_and_twice_the_same_bytes() {
    let pays = pays().await;
    drome(&pays).await;
    let rapport = lire(&pays, &consigne("drome", Sujet::Reseau, 2018)).await;
    let pdf = imprimer(&pays, &rapport).await;
    let lu = texte(&pdf);
    for attendu in
        ["745 demandes", "260 communes sur 364", "71 %", "Bilan 2018", "Données de démonstration"]
    {
        assert!(lu.contains(attendu), "{attendu} is not in: {}", &lu[..2000.min(lu.len())]);
    }
    assert_eq!(rapport.chiffre("demandes").unwrap().valeur, Some(745.0));
    assert_eq!((rapport.partenaires.len(), rapport.epci.len()), (12, 12));
    // Read again, and laid out again.
    let encore = lire(&pays, &consigne("drome", Sujet::Reseau, 2018)).await;
    assert!(encore == rapport, "two readings differ");
    assert!(imprimer(&pays, &encore).await == pdf, "two runs differ");
    // Archived, and read aloud.
    let metadonnees = String::from_utf8_lossy(&pdf);
    for marque in ["pdfaid:part>2<", "pdfaid:conformance>U<", "pdfuaid:part>1<"] {
        assert!(metadonnees.contains(marque), "{marque}");
    }
    assert!(metadonnees.contains("/Lang(fr-FR)") || metadonnees.contains("/Lang (fr-FR)"));
    // It comes back from JSON as it was: that is how a published one is kept.
    let json = serde_json::to_string(&rapport).unwrap();
    assert!(serde_json::from_str::<Rapport>(&json).unwrap() == rapport, "not the same");
}

#[tokio::test]
async fn each_figure_of_a_report_is_what_sql_counts_and_names_its_query() {
    let pays = pays().await;
    drome(&pays).await;
    let rapport = lire(&pays, &consigne("drome", Sujet::Reseau, 2018)).await;
    let mut connexion = pays.base.connexion().await.unwrap();
    let annee = "d.reseau = 'drome' and d.comptee and extract(year from d.date) = 2018";
    for (cle, requete) in [
        ("demandes", format!("select count(*) from demande d where {annee}")),
        (
            "demandes_communes",
            format!("select count(*) from demande d where {annee} and maille = 'commune'"),
        ),
        (
            "demandes_epci",
            format!("select count(*) from demande d where {annee} and maille = 'epci'"),
        ),
        (
            "communes_servies",
            format!(
                "select count(distinct beneficiaire) from demande d where {annee} and maille = 'commune'"
            ),
        ),
        (
            "autres_servis",
            format!(
                "select count(distinct beneficiaire) from demande d where {annee} and maille = 'autre'"
            ),
        ),
        (
            "beneficiaires",
            format!("select count(distinct (maille, beneficiaire)) from demande d where {annee}"),
        ),
        (
            "communes",
            "select count(*) from perimetre where reseau = 'drome' and maille = 'commune'"
                .to_owned(),
        ),
    ] {
        let compte: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(requete))
            .fetch_one(&mut connexion)
            .await
            .unwrap();
        assert_eq!(rapport.chiffre(cle).unwrap().valeur.map(|v| v as i64), Some(compte), "{cle}");
    }
    // By partner, and by month.
    let tableau = rapport.tableau("par_partenaire").unwrap();
    let menees: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select coalesce(case when length(o.nom) > 28 then o.sigle end, o.nom), count(*)
         from demande d cross join unnest(d.partenaires) p
         join partenaire m on m.reseau = d.reseau and m.code = p
         join organisme o on o.code = m.organisme where {annee} group by 1"
    )))
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    assert_eq!(tableau.lignes.len(), menees.len());
    for ligne in &tableau.lignes {
        let (_, attendu) = menees.iter().find(|(nom, _)| *nom == ligne[0].texte).unwrap();
        assert_eq!(ligne[1].valeur.map(|v| v as i64), Some(*attendu), "{}", ligne[0].texte);
    }
    let par_mois = rapport.tableau("par_mois").unwrap();
    let mois: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select count(*) from demande d where {annee} group by extract(month from date) order by extract(month from date)"
    )))
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let lus: Vec<i64> = par_mois.lignes.iter().map(|l| l[1].valeur.unwrap() as i64).collect();
    assert_eq!(lus, mois);
    // Every query that is cited is known, and no key is there twice.
    let connues = requetes();
    let mut cles = BTreeSet::new();
    let blocs = rapport.partenaires.iter().flat_map(|b| b.chiffres.iter());
    let blocs = blocs.chain(rapport.epci.iter().flat_map(|b| b.chiffres.iter()));
    for chiffre in rapport.chiffres.iter().chain(blocs) {
        assert!(connues.contains_key(chiffre.requete.as_str()), "{}", chiffre.requete);
        assert_eq!(chiffre.parametres["reseau"], "drome");
        assert!(cles.insert(&chiffre.cle), "{}", chiffre.cle);
    }
}

#[tokio::test]
async fn the_page_of_an_epci_has_its_indicators_beside_those_of_its_departement() {
    let pays = Pays::nouveau("").await;
    maillage::indicateurs::calculer(&pays.base).await.unwrap();
    pays.charger(&Reseau::nouveau("portrait")).await;
    let rapport = lire(&pays, &consigne("portrait", Sujet::Reseau, 2018)).await;
    let portrait = rapport.epci[0]
        .tableaux
        .iter()
        .find(|tableau| tableau.titre == "Portrait")
        .expect("no portrait");
    let population = portrait
        .lignes
        .iter()
        .find(|ligne| ligne[0].texte.starts_with("Population municipale"))
        .unwrap();
    // Commune n has 400 n inhabitants: 22,000 in the ten of the EPCI.
    assert_eq!(population[2].texte, "22\u{202f}000");
    assert_eq!(population[2].valeur, Some(22_000.0));
    assert!(population[3].valeur.unwrap() >= 22_000.0);
    assert!(requetes().contains_key(&*portrait.requete));
    assert!(texte(&imprimer(&pays, &rapport).await).contains("Population municipale"));
}

#[tokio::test]
async fn a_year_without_demande_is_a_report_that_says_so() {
    let pays = pays().await;
    drome(&pays).await;
    let rapport = lire(&pays, &consigne("drome", Sujet::Reseau, 2015)).await;
    assert_eq!(rapport.chiffre("demandes").unwrap().valeur, Some(0.0));
    let lu = texte(&imprimer(&pays, &rapport).await);
    assert!(lu.contains("Aucune demande sur la période"), "{}", &lu[..2000.min(lu.len())]);
    assert!(!lu.contains("NaN") && !lu.contains("none"));
}

#[tokio::test]
async fn names_with_quotes_ligatures_and_no_end_are_printed_whole() {
    let pays = pays().await;
    let long = "Syndicat mixte d'aménagement, d'équipement et d'entretien de l'Œuf-en-Ternois et des hautes vallées \
                <réunies> & de l'#agglomération *du* $Sud_$";
    let mut reseau = Reseau::nouveau("noms");
    reseau.declaration =
        reseau.declaration.replace("nom = 'Réseau noms'", "nom = \"L’Œuvre d'ici\"");
    let reseau =
        reseau.avec("partenaires.csv", &format!("sans-zone,\"{long}\",,association,,,,,\n"));
    pays.charger(&reseau).await;
    let rapport = lire(&pays, &consigne("noms", Sujet::Partenaire("sans-zone".into()), 2018)).await;
    let [bloc] = rapport.partenaires.as_slice() else { panic!("one partner") };
    assert!(!bloc.zone);
    let lu = texte(&imprimer(&pays, &rapport).await);
    assert!(
        lu.contains("<réunies> & de l'#agglomération *du* $Sud_$"),
        "{}",
        &lu[..3000.min(lu.len())]
    );
    assert!(lu.contains("L’Œuvre d'ici"));
    assert!(lu.contains("Aucune zone d’intervention de ce partenaire n’est en vigueur"));
}

#[tokio::test]
async fn a_meeting_has_two_pages_that_are_marked_as_not_final() {
    let pays = pays().await;
    drome(&pays).await;
    let mut demande = consigne("drome", Sujet::Regroupement("secteur-1".into()), 2018);
    demande.periode =
        Periode::jours("2018-01-01".parse().unwrap(), "2018-09-30".parse().unwrap()).unwrap();
    let rapport = lire(&pays, &demande).await;
    assert!(rapport.provisoire);
    let pdf = imprimer(&pays, &rapport).await;
    let lu = texte(&pdf);
    for attendu in ["Document provisoire", "Qui aide qui", "À qui s’adresser", "1er janvier 2018"]
    {
        assert!(lu.contains(attendu), "{attendu}: {lu}");
    }
    let fichier = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(fichier.path(), &pdf).unwrap();
    let infos = Command::new("pdfinfo").arg(fichier.path()).output().unwrap();
    let infos = String::from_utf8_lossy(&infos.stdout).into_owned();
    assert!(
        infos.lines().any(|ligne| ligne.starts_with("Pages:") && ligne.ends_with(" 2")),
        "{infos}"
    );
}

/// What a program says of a document.
fn selon(programme: &str, options: &[&str], pdf: &[u8]) -> String {
    let fichier = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(fichier.path(), pdf).unwrap();
    let sortie = Command::new(programme).args(options).arg(fichier.path()).output().unwrap();
    let dit = String::from_utf8_lossy(&sortie.stdout).into_owned();
    assert!(sortie.status.success(), "{programme}: {dit}");
    dit
}

#[tokio::test]
async fn other_software_finds_the_document_whole_tagged_and_with_its_own_letters() {
    let pays = pays().await;
    drome(&pays).await;
    let rapport = lire(&pays, &consigne("drome", Sujet::Reseau, 2018)).await;
    let pdf = imprimer(&pays, &rapport).await;
    let verifie = selon("qpdf", &["--check"], &pdf);
    assert!(verifie.contains("No syntax or stream encoding errors found"), "{verifie}");
    let infos = selon("pdfinfo", &[], &pdf);
    let info = |nom: &str| {
        let ligne = infos.lines().find_map(|ligne| ligne.strip_prefix(nom)).unwrap_or_default();
        ligne.trim_start_matches(':').trim().to_owned()
    };
    assert_eq!(info("Tagged"), "yes");
    assert_eq!(info("Title"), "Bilan 2018 – Ingénierie publique de la Drôme");
    assert_eq!((info("JavaScript"), info("Encrypted")), ("no".to_owned(), "no".to_owned()));
    // A face: its name, its type, its encoding, then whether it is embedded, in part, and reads as Unicode.
    let polices = selon("pdffonts", &[], &pdf);
    let polices: Vec<&str> = polices.lines().skip(2).collect();
    assert!(!polices.is_empty());
    for police in polices {
        assert!(police.contains(" yes yes yes "), "{police}");
    }
    // An alternative for each picture, and a heading in the outline for each part.
    let brut = String::from_utf8_lossy(&pdf);
    let cartes = rapport.toutes_les_cartes().count();
    assert_eq!(brut.matches("/Alt").count(), cartes);
    assert_eq!(brut.matches("/S/Figure").count(), cartes);
    assert!(brut.contains("/Outlines") && brut.contains("/MarkInfo"));
}

#[tokio::test]
async fn what_a_report_is_about_must_exist() {
    let pays = pays().await;
    drome(&pays).await;
    let mut lecture = Principal::Public.lecture(&pays.base.piscine()).await.unwrap();
    for (reseau, sujet, attendu) in [
        ("nulle-part", Sujet::Reseau, "nulle-part"),
        ("drome", Sujet::Partenaire("personne".into()), "personne"),
        ("drome", Sujet::Epci("999999999".into()), "999999999"),
        ("drome", Sujet::Regroupement("aucun".into()), "aucun"),
    ] {
        let refus = Rapport::lire(&mut lecture, &consigne(reseau, sujet, 2018)).await;
        let phrase = refus.unwrap_err().to_string();
        assert!(phrase.contains(attendu), "{phrase}");
    }
}
