//! A folder beside what was loaded apart from it: nothing that came from elsewhere is undone or orphaned.

use maillage::demandes::doublons::{self, Decision};
use maillage::partenaires::zones::Etat;

use crate::demandes::Essai;
use crate::dossier::Reseau;
use crate::pays::{Pays, pays};
use crate::zones::{decider, importer, options, versions};

const D1: &str = "D1,2018-03-01,caue,,eau-potable,commune,26001,2019,,terminee\n";

/// The remarks of a folder's load that begin so.
async fn remarques(pays: &Pays, dossier: &Reseau, debut: &str) -> Vec<String> {
    let bilan = pays.charger(dossier).await;
    bilan.remarques.into_iter().filter(|remarque| remarque.starts_with(debut)).collect()
}

#[tokio::test]
async fn a_demande_of_a_table_stays_when_the_folder_is_loaded_again() {
    let essai = Essai::nouveau("ailleurs").await;
    essai.charger("ref,date,code insee,theme\nT1,05/05/2018,26001,eclairage\n").await;
    let pays = &essai.pays;
    pays.charger(&Reseau::nouveau("ailleurs").avec("demandes.csv", D1)).await;
    let liste = pays.lire("/api/demandes?reseau=ailleurs").await;
    assert_eq!(liste["total"], 2);
    pays.charger(&Reseau::nouveau("ailleurs")).await;
    let liste = pays.lire_en_coordinateur("ailleurs", "/api/demandes?reseau=ailleurs").await;
    assert_eq!((&liste["total"], &liste["demandes"][0]["reference"]), (&1.into(), &"T1".into()));

    let autrement = "T1,2018-05-06,caue,,eclairage,commune,26001,2019,,terminee\n";
    let dit =
        remarques(pays, &Reseau::nouveau("ailleurs").avec("demandes.csv", autrement), "La dem")
            .await;
    assert!(dit.len() == 1 && dit[0].contains("« caue T1 »"), "{dit:?}");
    assert_eq!(essai.lire("date", "T1").await, "2018-05-05");
}

#[tokio::test]
async fn what_rows_from_elsewhere_name_cannot_leave_the_folder() {
    let dossier = Reseau::nouveau("cites")
        .avec(
            "fiches.csv",
            "code,titre,resume,niveau,conditions\nlampes,Changer les lampes,,premier_niveau,\n",
        )
        .avec("fiches_partenaires.csv", "fiche,partenaire\nlampes,caue\n")
        .avec("regroupements.csv", "code,nom,genre,regle\nnord,Canton nord,canton,\n")
        .avec("regroupements_communes.csv", "regroupement,commune\nnord,26001\n");
    let pays = pays().await;
    pays.charger(&dossier).await;
    let essai = Essai::du_reseau(pays.clone(), "cites");
    let bilan = essai
        .charger(
            "ref,date,bénéficiaire,theme,fiche\nT1,05/05/2018,Commune 1,eclairage,lampes\n\
             T2,05/05/2018,Syndicat 1,eclairage,\n",
        )
        .await;
    assert_eq!(bilan.nouvelles, 2, "{bilan}");
    let liste = "maille,unite\nregroupement,nord\n";
    let bilan = importer(&pays, "z.csv", liste, options("cites")).await;
    assert_eq!(bilan.zones.len(), 1, "{bilan}");

    let sans = dossier
        .clone()
        .sans("partenaires_themes.csv")
        .avec("partenaires_themes.csv", "partenaire,theme\n")
        .sans("partenaires.csv")
        .avec("partenaires.csv", "code,nom,type\nsde,Syndicat,syndicat\nadil,Agence,association\n")
        .sans("themes.csv")
        .avec("themes.csv", "code,libelle,parent\nbatiments,Bâtiments,\n")
        .sans("fiches.csv")
        .sans("fiches_partenaires.csv")
        .sans("regroupements.csv")
        .sans("regroupements_communes.csv")
        .sans("beneficiaires.csv")
        .avec("beneficiaires.csv", "code,nom,nature\n");
    let phrase = pays.essayer(&sans).await.unwrap_err().to_string();
    for attendue in [
        "Le bénéficiaire « autre-1 » n'est plus dans beneficiaires.csv, mais des lignes chargées à part le \
         citent (demandes : 1, zones : 0).",
        "La fiche « lampes » n'est plus dans fiches.csv, mais des lignes chargées à part le citent (demandes : \
         1, zones : 0).",
        "Le partenaire « caue » n'est plus dans partenaires.csv, mais des lignes chargées à part le citent \
         (demandes : 2, zones : 1).",
        "Le regroupement « nord » n'est plus dans regroupements.csv, mais des lignes chargées à part le citent \
         (demandes : 0, zones : 1).",
        "Le thème « eclairage » n'est plus dans themes.csv, mais des lignes chargées à part le citent (demandes \
         : 2, zones : 0).",
    ] {
        assert!(phrase.contains(attendue), "{attendue}\n{phrase}");
    }
    assert_eq!(pays.lire("/api/reseaux/cites").await["themes"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_decision_outlives_the_folder_that_was_written_before_it() {
    let entete = "code,partenaire,theme,maille,unite,debut,fin,etat\n";
    let zones = format!("{entete}nord,caue,,commune,26001,2015-01-01,,proposee\n");
    let dossier = Reseau::nouveau("decidees").sans("zones.csv").avec("zones.csv", &zones);
    let pays = pays().await;
    pays.charger(&dossier).await;
    decider(&pays, "valider", "decidees/nord").await.unwrap();
    let dit = remarques(&pays, &dossier, "La zone").await;
    assert!(dit.len() == 1 && dit[0].contains("« nord », version 1"), "{dit:?}");
    assert_eq!(versions(&pays, "decidees", "nord").await[0].1, "validee");
}

#[tokio::test]
async fn a_zone_proposed_apart_is_not_replaced_by_one_of_the_folder() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("apart")).await;
    let bilan = importer(&pays, "z.csv", "insee\n26001\n26002\n", options("apart")).await;
    assert_eq!(bilan.zones[0].etat, Etat::Proposee);
    let dossier =
        Reseau::nouveau("apart").avec("zones.csv", "caue,caue,,commune,26003,2015-01-01,\n");
    let dit = remarques(&pays, &dossier, "La zone").await;
    assert!(dit.len() == 1 && dit[0].contains("« caue », version 1"), "{dit:?}");
    let unites: i64 = sqlx::query_scalar(
        "select count(*) from zone z join zone_unite u on u.zone = z.id
         where z.reseau = 'apart' and u.code in ('26001', '26002') and z.etat = 'proposee'",
    )
    .fetch_one(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(unites, 2);
}

#[tokio::test]
async fn two_demandes_that_were_found_to_be_one_stay_one() {
    let deux = format!("{D1}D2,2018-03-05,sde,,eclairage,commune,26001,2019,,terminee\n");
    let dossier = Reseau::nouveau("une-seule").avec("demandes.csv", &deux);
    let pays = pays().await;
    pays.charger(&dossier).await;
    doublons::decider(&pays.base, "une-seule", ["D1", "D2"], Decision::Fusion).await.unwrap();
    let essai = Essai::du_reseau(pays.clone(), "une-seule");
    let reunie = "{eau-potable,eclairage}{caue,sde}";
    assert_eq!(essai.lire("concat(themes, partenaires)", "D1").await, reunie);
    pays.charger(&dossier).await;
    assert_eq!(essai.lire("concat(themes, partenaires)", "D1").await, reunie);
    assert_eq!(pays.lire("/api/demandes?reseau=une-seule").await["total"], 1);
}
