//! Tables of demandes as partners have them: what is understood, kept, refused and asked.

use std::path::PathBuf;

use chrono::NaiveDate;
use maillage::demandes::import::{Bilan, Options, demandes};
use maillage::error::Result;
use sqlx::AssertSqlSafe;

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

/// A réseau without demandes, and a place for its tables.
pub struct Essai {
    pub pays: std::sync::Arc<Pays>,
    pub reseau: &'static str,
    lieu: tempfile::TempDir,
}

impl Essai {
    pub async fn nouveau(reseau: &'static str) -> Self {
        let pays = pays().await;
        pays.charger(&Reseau::nouveau(reseau)).await;
        Self::du_reseau(pays, reseau)
    }

    /// Of a réseau that is loaded.
    pub fn du_reseau(pays: std::sync::Arc<Pays>, reseau: &'static str) -> Self {
        Self { pays, reseau, lieu: tempfile::tempdir().unwrap() }
    }

    pub fn options(&self) -> Options {
        Options {
            partenaire: Some("caue".into()),
            aujourd_hui: NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(),
            ..Options::nouvelles(self.reseau)
        }
    }

    pub fn fichier(&self, nom: &str, octets: &[u8]) -> PathBuf {
        let chemin = self.lieu.path().join(nom);
        std::fs::write(&chemin, octets).unwrap();
        chemin
    }

    pub async fn essayer(&self, texte: &str, options: Options) -> Result<Bilan> {
        let fichier = self.fichier("t.csv", texte.as_bytes());
        demandes(&self.pays.base, vec![fichier], options, &Default::default()).await
    }

    pub async fn charger(&self, texte: &str) -> Bilan {
        self.essayer(texte, self.options()).await.unwrap()
    }

    pub async fn refus(&self, texte: &str) -> String {
        self.essayer(texte, self.options()).await.unwrap_err().to_string()
    }

    /// Loads rows of two columns that every table has, and returns the reason of each refusal.
    pub async fn motifs(&self, texte: &str) -> Vec<String> {
        let bilan = self.charger(texte).await;
        bilan
            .motifs()
            .map(|(ligne, colonne, motif)| format!("{ligne} {colonne} : {motif}"))
            .collect()
    }

    /// One text of a demande, by its reference.
    pub async fn lire(&self, expression: &str, reference: &str) -> String {
        let question = format!(
            "select ({expression})::text from demande where reseau = $1 and reference = $2"
        );
        sqlx::query_scalar(AssertSqlSafe(question))
            .bind(self.reseau)
            .bind(reference)
            .fetch_one(&mut self.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    }

    pub async fn compter(&self, question: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {question}")))
            .bind(self.reseau)
            .fetch_one(&mut self.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    }

    /// The place of each row in its table of the database: it moves when the row is written again.
    async fn places(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select ctid::text || xmin::text from demande where reseau = $1
             union all select ctid::text || xmin::text from contact where reseau = $1
             union all select ctid::text || xmin::text from correspondance where reseau = $1
             union all select ctid::text || xmin::text from demande_particuliere where reseau = $1
             order by 1",
        )
        .bind(self.reseau)
        .fetch_all(&mut self.pays.base.connexion().await.unwrap())
        .await
        .unwrap()
    }
}

fn comptes(bilan: &Bilan) -> (i64, i64, i64, i64, usize) {
    (bilan.nouvelles, bilan.changees, bilan.identiques, bilan.disparues, bilan.refusees())
}

const COMPLET: &str = "N° dossier;Date de la demande;Code INSEE;Commune;Thématique;Objet;Statut;Niveau;\
    Date de réponse;Date de clôture;Suite donnée;Nb de jours;Interlocuteur;Fonction;Courriel;Tél.;Nature du demandeur\n\
    A1;31/12/2018;26001;Commune 1;Bâtiments publics;\"Une école\nà refaire\";Traité;1;02/01/2019;05/01/2019;Devis;1,5;Anne;Maire;a@ex.fr;04;Commune\n\
    A2;2018-05-01;26002;Commune 2;eau-potable;;En attente;approfondi;;;;;;;;;Commune\n";

#[tokio::test]
async fn usual_headings_fill_every_field() {
    let essai = Essai::nouveau("demandes-champs").await;
    let bilan = essai.charger(COMPLET).await;
    assert_eq!(comptes(&bilan), (2, 0, 0, 0, 0), "{bilan}");
    assert_eq!(
        essai
            .lire(
                "concat_ws('|', date, themes, partenaires, maille, beneficiaire, millesime, etat, niveau, \
                 reponse, cloture, suite, jours, origine)",
                "A1"
            )
            .await,
        "2018-12-31|{batiments}|{caue}|commune|26001|2018|terminee|premier_niveau|2019-01-02|2019-01-05|Devis|\
         1.50|tableau"
    );
    assert_eq!(essai.lire("objet", "A1").await, "Une école\nà refaire");
    // Of a demande of 2018 whose réseau keeps contacts three years, none is taken in 2026.
    assert_eq!(essai.compter("contact where reseau = $1").await, 0);
}

#[tokio::test]
async fn the_same_table_twice_writes_nothing_whatever_the_order_of_its_columns() {
    let essai = Essai::nouveau("demandes-deux-fois").await;
    let texte = "ref,date,commune,theme,type de demandeur,contact,mail\n\
        A1,01/02/2025,Commune 1,batiments,,Anne,a@ex.fr\nA2,02/02/2025,Commune 2,eclairage,,,\n\
        A3,02/02/2025,Commune 2,eclairage,Particulier,,\n";
    assert_eq!(comptes(&essai.charger(texte).await), (2, 0, 0, 0, 0));
    let avant = essai.places().await;
    assert_eq!(avant.len(), 4);
    assert_eq!(comptes(&essai.charger(texte).await), (0, 0, 2, 0, 0));
    let autre_ordre = "mail,theme,contact,date,ref,commune,type de demandeur\n\
        ,eclairage,,2025-02-02,A2,Commune 2,\n,eclairage,,2025-02-02,A3,Commune 2,Particulier\n\
        a@ex.fr,batiments,Anne,2025-02-01,A1,Commune 1,\n";
    assert_eq!(comptes(&essai.charger(autre_ordre).await), (0, 0, 2, 0, 0));
    assert_eq!(essai.places().await, avant);
}

#[tokio::test]
async fn a_corrected_table_says_what_changes_and_what_has_gone() {
    let essai = Essai::nouveau("demandes-corrigees").await;
    let entete = "ref,date,commune,theme,objet,etat\n";
    let avant = format!(
        "{entete}A1,01/02/2025,Commune 1,batiments,École,en cours\nA2,02/02/2024,Commune 2,eclairage,,clos\n\
         A3,03/02/2025,Commune 3,eclairage,,clos\n"
    );
    essai.charger(&avant).await;
    let apres = format!(
        "{entete}A1,01/02/2025,Commune 1,batiments,École maternelle,clos\nA3,03/02/2025,Commune 3,eclairage,,clos\n\
         A4,03/02/2025,Commune 3,eclairage,,clos\n"
    );
    let essayee = Options { essai: true, ..essai.options() };
    let bilan = essai.essayer(&apres, essayee).await.unwrap();
    assert_eq!(comptes(&bilan), (1, 1, 1, 1, 0));
    let dit = bilan.to_string();
    for mot in ["rien n'est enregistré", "A1 : objet, etat", "2024 : 1", "--retirer-disparues"] {
        assert!(dit.contains(mot), "{mot} : {dit}");
    }
    assert_eq!(essai.lire("objet", "A1").await, "École", "a trial changes nothing");

    assert_eq!(comptes(&essai.charger(&apres).await), (1, 1, 1, 1, 0));
    assert_eq!(essai.compter("demande where reseau = $1").await, 4);
    let retirer = Options { retirer_disparues: true, ..essai.options() };
    assert_eq!(comptes(&essai.essayer(&apres, retirer.clone()).await.unwrap()), (0, 0, 3, 1, 0));
    assert_eq!(essai.compter("demande where reseau = $1").await, 3);
    let erreur = essai.essayer(entete, retirer).await.unwrap_err().to_string();
    assert!(erreur.contains("retirerait toutes"), "{erreur}");
}

#[tokio::test]
async fn a_column_that_the_table_has_not_leaves_what_was_known() {
    let essai = Essai::nouveau("demandes-sans-colonne").await;
    essai.charger("ref,date,commune,theme,objet,jours,etat\nA1,01/02/2025,Commune 1,batiments,École,2,clos\n").await;
    let bilan = essai.charger("ref,date,commune,theme\nA1,01/02/2025,Commune 1,batiments\n").await;
    assert_eq!(comptes(&bilan), (0, 0, 1, 0, 0), "{bilan}");
}

#[tokio::test]
async fn headings_that_nothing_recognises_are_asked_once_and_remembered() {
    let essai = Essai::nouveau("demandes-entetes").await;
    let texte = "Code;Arrivée;Où;Quoi;Notes\nA1;01/02/2025;Commune 1;Toiture;x\n";
    let dit = essai.refus(texte).await;
    for mot in ["Arrivée", "Où", "Quoi", "--colonnes", "date, theme"] {
        assert!(dit.contains(mot), "{mot} : {dit}");
    }
    let paires = |liste: &[(&str, &str)]| {
        liste.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    let dites = Options {
        colonnes: paires(&[
            ("code", "reference"),
            ("arrivee", "date"),
            ("Où", "beneficiaire"),
            ("quoi", "theme"),
        ]),
        ..essai.options()
    };
    let bilan = essai.essayer(texte, dites.clone()).await.unwrap();
    assert_eq!(bilan.refusees(), 1);
    let dit = bilan.to_string();
    assert!(dit.contains("--valeurs \"theme:Toiture=CODE\" (lignes : 1)"), "{dit}");
    assert!(dit.contains("laissées de côté : Notes"), "{dit}");
    // Columns are remembered, and now the value.
    let valeurs = vec![("theme".into(), "toiture".into(), "batiments".into())];
    let bilan = essai.essayer(texte, Options { valeurs, ..essai.options() }).await.unwrap();
    assert_eq!(comptes(&bilan), (1, 0, 0, 0, 0), "{bilan}");
    let bilan = essai.charger("Quoi;Où;Code;Arrivée\nTOITURE;Commune 1;A1;01/02/2025\n").await;
    assert_eq!(comptes(&bilan), (0, 0, 1, 0, 0));
    assert!(bilan.to_string().contains("lors d'un chargement précédent"), "{bilan}");
    // Another partner's tables are its own.
    let autre = Options { partenaire: Some("sde".into()), ..essai.options() };
    assert!(essai.essayer(texte, autre).await.is_err());
    let valeurs = vec![("theme".into(), "toiture".into(), "rien".into())];
    let faux = essai.essayer(texte, Options { valeurs, ..dites }).await.unwrap_err().to_string();
    assert!(faux.contains("« rien » n'est pas un thème"), "{faux}");
}

#[tokio::test]
async fn the_partner_and_the_themes_may_be_in_the_table() {
    let essai = Essai::nouveau("demandes-partenaires").await;
    let texte = "ref,date,commune,thèmes,partenaires\n\
        A1,01/02/2025,Commune 1,Eau potable / Bâtiments publics,ADIL ; CAUE\n\
        A2,01/02/2025,Commune 1,Eau,caue\nA3,01/02/2025,Commune 1,batiments,Inconnu\n\
        A4,01/02/2025,Commune 1,batiments,\n";
    let options = Options { partenaire: None, ..essai.options() };
    let bilan = essai.essayer(texte, options).await.unwrap();
    assert_eq!(
        essai.lire("concat(themes, partenaires)", "A1").await,
        "{eau-potable,batiments}{adil,caue}"
    );
    let motifs: Vec<String> = bilan.motifs().map(|(n, c, m)| format!("{n} {c} {m}")).collect();
    assert!(
        motifs[0].starts_with("3 thèmes") && motifs[0].contains("assainissement"),
        "{motifs:?}"
    );
    assert!(motifs[1].starts_with("4 partenaires") && motifs[1].contains("adil"), "{motifs:?}");
    assert!(motifs[2].contains("--partenaire"), "{motifs:?}");
}

#[tokio::test]
async fn rows_without_reference_have_one_made_of_what_they_say() {
    let essai = Essai::nouveau("demandes-sans-reference").await;
    let texte = "date,commune,theme,objet\n01/02/2025,Commune 1,batiments,École\n\
        01/02/2025,Commune 1,batiments,Mairie\n01/02/2025,Commune 1,batiments,Mairie\n";
    let bilan = essai.charger(texte).await;
    assert_eq!(comptes(&bilan), (2, 0, 0, 0, 1), "{bilan}");
    assert!(bilan.to_string().contains("Demandes sans référence : 2"), "{bilan}");
    assert!(bilan.motifs().next().unwrap().2.contains("celle de la ligne 3"), "{bilan}");
    assert_eq!(comptes(&essai.charger(texte).await), (0, 0, 2, 0, 1));
}

#[tokio::test]
async fn a_refused_row_goes_to_a_report_that_is_corrected_and_loaded_again() {
    let essai = Essai::nouveau("demandes-rapport").await;
    let texte = "N°;Date;Commune;Thème;Tél.;Notes\nA1;01/02/2025;Commune 1;batiments;;n1\n\
        A2;31/12/18;Commune 2;batiments;+33 4;\"n;2\"\nA3;01/02/2025;Commune 3;batiments;;\n\
        A1;01/02/2025;Commune 4;batiments;;\n";
    let bilan = essai.charger(texte).await;
    assert_eq!(comptes(&bilan), (2, 0, 0, 0, 2));
    assert!(!bilan.complet());
    let chemin = essai.fichier("r.csv", b"");
    bilan.rapporter(Some(&chemin)).unwrap();
    let rapport = std::fs::read_to_string(&chemin).unwrap();
    let lignes: Vec<&str> = rapport.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lignes[0], "N°;Date;Commune;Thème;Tél.;Notes;ligne;motif");
    assert!(
        lignes[1].starts_with("A2;31/12/18;Commune 2;batiments;'+33 4;\"n;2\";3;"),
        "{rapport}"
    );
    assert!(lignes[2].contains("déjà celle de la ligne 2"), "{rapport}");

    let corrige = rapport.replace("31/12/18", "31/12/2025").replace("\nA1;", "\nA5;");
    let bilan = essai.charger(&corrige).await;
    assert_eq!(comptes(&bilan), (2, 0, 0, 0, 0), "the rows that it has not are not gone: {bilan}");
    let retirer = Options { retirer_disparues: true, ..essai.options() };
    let erreur = essai.essayer(&corrige, retirer).await.unwrap_err().to_string();
    assert!(erreur.contains("rapport de lignes refusées"), "{erreur}");
    assert_eq!(essai.compter("contact where reseau = $1 and telephone = '+33 4'").await, 1);
}

#[tokio::test]
async fn a_refused_row_has_not_gone() {
    let essai = Essai::nouveau("demandes-refusee-presente").await;
    essai.charger("ref,date,commune,theme\nA1,01/02/2025,Commune 1,batiments\n").await;
    let bilan = essai
        .charger("ref,date,commune,theme\nA1,01/02/25,Commune 1,batiments\nA2,01/02/2025,Commune 1,batiments\n")
        .await;
    assert_eq!(comptes(&bilan), (1, 0, 0, 0, 1), "{bilan}");
}

#[tokio::test]
async fn what_does_not_count_is_said_with_the_rule() {
    let essai = Essai::nouveau("demandes-etats").await;
    let texte = "ref,date,commune,theme,statut\nA1,01/02/2018,Commune 1,batiments,Refusé\n\
        A2,01/02/2018,Commune 1,batiments,Brouillon\nA3,01/02/2018,Commune 1,batiments,Test\n\
        A4,01/02/2018,Commune 1,batiments,Abandon\nA5,01/02/2018,Commune 1,batiments,Peut-être\n";
    let bilan = essai.charger(texte).await;
    let dit = bilan.to_string();
    assert!(dit.contains("brouillon : 1 ; refusee : 1 ; test : 1. Règle"), "{dit}");
    assert!(dit.contains("--valeurs \"etat:Peut-être=ÉTAT\""), "{dit}");
    let registre = essai.pays.lire("/api/demandes?reseau=demandes-etats").await;
    assert_eq!(registre["total"], 1);
}

#[tokio::test]
async fn a_table_without_demande_is_no_error() {
    let essai = Essai::nouveau("demandes-vides").await;
    let bilan = essai.charger("ref;date;commune;theme\n").await;
    assert_eq!(comptes(&bilan), (0, 0, 0, 0, 0));
    assert!(bilan.complet() && bilan.to_string().contains("aucune demande"), "{bilan}");
    assert!(essai.refus("").await.contains("est vide"));
    assert!(essai.refus("un mot\n").await.contains("en-tête"));
    let inconnu = Options { reseau: "nulle-part".into(), ..essai.options() };
    let dit = essai.essayer("ref;date;commune;theme\n", inconnu).await.unwrap_err().to_string();
    assert!(dit.contains("demandes-vides"), "the réseaux that exist: {dit}");
}
