//! A réseau that has every kind of row.

use std::sync::Arc;

use maillage::demandes::doublons::{self, Decision};
use maillage::partenaires::zones::etats;
use sqlx::Connection;

use crate::demandes::Essai;
use crate::dossier::Reseau;
use crate::pays::Pays;
use crate::zones::{importer, options};

/// A réseau with every kind of row that a folder gives.
pub fn complet(code: &str) -> Reseau {
    let reseau = Reseau::nouveau(code)
        .sans("partenaires.csv")
        .sans("zones.csv")
        .sans("demandes.csv")
        .avec(
            "partenaires.csv",
            "code,nom,sigle,type,siren,site,courriel,telephone,description,role,debut,fin,cadre\n\
             sde,Syndicat d'énergies,,syndicat,,,,+33 4 75,\"Aide ; conseille\n\net « éclaire »\",coordinateur,,,\n\
             caue,\"Conseil, dit \"\"le CAUE\"\"\",CAUE,association,,https://caue.example/,a@b.example,,,,,,\n\
             adil,Agence,ADIL,association,,,,,,associe,2015-02-01,2019-12-31,Charte d'essai\n",
        )
        .avec("declarations.csv", "partenaire,theme,date\ncaue,,2019-01-31\ncaue,eau,2018-05-02\n")
        .avec(
            "fiches.csv",
            "code,titre,description,genre,niveau,cout,conditions,phases,expertises,publics,mots_cles,themes\n\
             z-fiche,Un conseil,\"D'abord ;\nensuite\",aide,premier_niveau,gratuit,Sur rendez-vous,avant|après,droit,communes,toit|mur,batiments|eau\n\
             a-fiche,Une étude,,,,,,,,,,\n",
        )
        .avec(
            "fiches_partenaires.csv",
            "fiche,partenaire,niveau,cout,conditions\na-fiche,caue,approfondi,payant,Devis\nz-fiche,sde,,,\n",
        )
        .avec("synonymes.csv", "mot,equivalents\ntoit,toiture|couverture\nseul,|\n")
        .avec(
            "regroupements.csv",
            "code,nom,genre,regle,source\nscot-b,SCoT B,scot,Comptée dans chacun,Délibération\nscot-a,SCoT A,scot,,\n",
        )
        .avec(
            "regroupements_communes.csv",
            "regroupement,commune,millesime\nscot-b,26002,2019\nscot-a,26002,2019\nscot-a,26399,2018\n",
        )
        .sans("beneficiaires.csv")
        .avec("beneficiaires.csv", "code,nom,nature,siren\nautre-1,Syndicat 1,Syndicat,\nautre-0,\"Syndicat ; \"\"0\"\"\",,200040517\n")
        .avec(
            "zones.csv",
            "code,version,partenaire,theme,nom,etat,maille,unite,exclue,debut,fin,proposee_le,decidee_le,motif\n\
             z,1,caue,,Le sud,validee,epci,200040459,,2010-01-01,2017-12-31,2009-11-02,2009-12-01T10:30:00.123456Z,\n\
             z,1,caue,,Le sud,validee,commune,26003,oui,2010-01-01,2017-12-31,2009-11-02,2009-12-01T10:30:00.123456Z,\n\
             z,2,caue,,,validee,regroupement,scot-a,,2018-01-01,,,,\n\
             refus,1,sde,eclairage,,refusee,departement,26,,2016-01-01,,,,\"Trop « large » ;\nà revoir\"\n",
        )
        .avec(
            "zones/dessin.geojson",
            r#"{"type": "FeatureCollection", "features": [
              {"type": "Feature",
               "properties": {"code": "trouee", "partenaire": "sde", "theme": "eclairage", "debut": "2015-01-01", "nom": " Percée, « ici » "},
               "geometry": {"type": "MultiPolygon", "coordinates": [
                 [[[4.75, 44.1], [4.75, 44.3], [4.95, 44.31234567891], [4.95, 44.1], [4.75, 44.1]],
                  [[4.8, 44.15], [4.85, 44.15], [4.85, 44.2], [4.8, 44.2], [4.8, 44.15]]],
                 [[[5.1, 44.1], [5.2, 44.1], [5.2, 44.2], [5.1, 44.1]]]]}},
              {"type": "Feature",
               "properties": {"code": "inverse", "partenaire": "caue", "theme": null, "debut": "2015-01-01", "fin": "2020-12-31"},
               "geometry": {"type": "Polygon", "coordinates": [[[44.11, 4.76], [44.11, 4.80], [44.15, 4.80], [44.15, 4.76], [44.11, 4.76]]]}}]}"#,
        )
        .avec(
            "demandes.csv",
            "reference,date,partenaire,partenaires_associes,theme,themes_associes,maille,beneficiaire,millesime,objet,etat,fiche,niveau,reponse,cloture,suite,jours\n\
             D2,2018-03-01,caue,sde|adil,eau-potable,eclairage|batiments,commune,26399,2018,\"Un « toit » ;\nune, \"\"cour\"\"\",terminee,z-fiche,approfondi,2018-03-05,2019-01-01,Travaux,1.50\n\
             D1,2018-03-01,sde,,eclairage,,epci,200040459,2019,,abandonnee,,,,,,\n\
             D1,2018-03-01,caue,,batiments,,autre,autre-0,2019,=1+1,brouillon,,,,,,0\n",
        );
    let mut reseau = reseau
        .avec("rapport/programme.md", "# La suite\n\nAprès {demandes} demandes.\n")
        .avec("rapport/rapport.toml", "couleur = '#6b4a8e'\n");
    reseau.declaration = format!(
        "code = '{code}'\nnom = 'Réseau « {code} »'\nnom_court = \"Le \\\"court\\\"\"\ndepartement = '26'\n\
         annee = 2018\nmillesime = 2019\ndemonstration = true\nmention = 'Démonstration'\ncouleur = '#6B4A8E'\n\
         source = 'Un document (https://exemple.fr/)'\npresentation = '''\nDeux\nlignes'''\ndestinataires = 'Maires'\n\
         sig = 'Tous'\npartenaires_annonces = 12\nfiches_annoncees = 40\nseuil_couverture = 0.3\n\
         conservation_mois = 24\n[guichet]\nnom = 'Guichet'\nsite = 'https://guichet.example/'\n\
         [millesimes]\n2016 = 2017\n2015 = 2016\n\
         [[etapes]]\nnom = 'Avant'\n[[etapes]]\nannee = 2012\nnom = 'Création'\ndescription = 'Par le Département'\n\
         [[bilans]]\nannee = 2018\ndemandes = 745\ntexte = 'Cité'\n[[bilans]]\nannee = 2017\ncommunes = 200\n"
    );
    reseau
}

/// Loads it, with what comes from elsewhere than the folder: proposals, and tables of partners.
pub async fn peupler(pays: &Arc<Pays>, code: &'static str) {
    peupler_de(pays, complet(code), code).await;
}

/// The same, from a folder that says a little more.
pub async fn peupler_de(pays: &Arc<Pays>, dossier: Reseau, code: &'static str) {
    let bilan = pays.charger(&dossier).await;
    assert_eq!(bilan.rejets, []);
    let liste = "code_insee\n26001\n26002\n";
    importer(pays, "z.csv", liste, options(code)).await;
    let mut dessinee = options(code);
    dessinee.defauts.code = Some("proposee".into());
    let triangle = r#"{"type": "Feature", "properties": {"nom": "Triangle"}, "geometry":
        {"type": "Polygon", "coordinates": [[[4.8, 44.1], [4.9, 44.1], [4.9, 44.2], [4.8, 44.1]]]}}"#;
    importer(pays, "z.geojson", triangle, dessinee).await;
    let mut connexion = pays.base.connexion().await.unwrap();
    let mut transaction = connexion.begin().await.unwrap();
    let zone = format!("{code}/caue").parse().unwrap();
    etats::refuser(&mut transaction, &zone, "Il manque une commune.").await.unwrap();
    transaction.commit().await.unwrap();
    sqlx::query(
        "insert into zone_commentaire (zone, reseau, texte)
         select id, reseau, 'Mot au coordinateur' from zone where reseau = $1 and code in ('proposee', 'trouee')",
    )
    .bind(code)
    .execute(&mut connexion)
    .await
    .unwrap();
    let essai = Essai::du_reseau(pays.clone(), code);
    let adil =
        maillage::demandes::import::Options { partenaire: Some("adil".into()), ..essai.options() };
    let entete = "ref,date,commune,theme,type de demandeur,contact,mail,objet";
    let table = format!(
        "{entete}\nT1,2026-02-01,Commune 1,batiments,,Mme Maire,m@x.example,Vue\nT2,2026-02-02,Commune 2,batiments,Particulier,,,\n"
    );
    essai.charger(&table).await;
    let table = format!("{entete}\nU1,2026-02-03,Commune 1,batiments,,,,Vue aussi\n");
    essai.essayer(&table, adil).await.unwrap();
    doublons::decider(&pays.base, code, ["T1", "U1"], Decision::Fusion).await.unwrap();
}
