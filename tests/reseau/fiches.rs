//! What partners offer, found from a need, and regroupements used as units.

use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

fn codes(liste: &Value) -> Vec<&str> {
    liste.as_array().unwrap().iter().map(|objet| objet["code"].as_str().unwrap()).collect()
}

/// Who helps a place in one réseau: tests share a country.
async fn aidants(pays: &Pays, reseau: &str, question: &str) -> (Value, Value) {
    let aide = pays.lire(&format!("/api/aide?{question}")).await;
    let mut aidants = aide["partenaires"].clone();
    aidants.as_array_mut().unwrap().retain(|aidant| aidant["reseau"] == reseau);
    (aide, aidants)
}

fn reseau(code: &str) -> Reseau {
    Reseau::nouveau(code)
        .avec(
            "zones.csv",
            "z1,caue,,commune,26020,2010-01-01,\nz2,sde,,commune,26020,2010-01-01,\n",
        )
        .avec("perimetre.csv", "commune,26020,Commune 20,2019\n")
        .avec(
            "fiches.csv",
            "code,titre,description,genre,themes,niveau,cout,conditions,phases,expertises,publics,mots_cles\n\
             couverture,Refaire une couverture,Diagnostic des bâtiments,conseil,batiments,premier_niveau,gratuit,,réflexion|faisabilité,technique,élus,charpente\n\
             led,Passer aux lampes LED,,,eclairage,approfondi,selon_le_cas,Adhésion au syndicat,,,,\n\
             reunion,Animer une réunion,,formation,,,,,,,,\n",
        )
        .avec(
            "fiches_partenaires.csv",
            "fiche,partenaire,niveau,cout,conditions\ncouverture,caue,,,\nled,sde,,payant,\nreunion,caue,,,\n",
        )
        .avec("synonymes.csv", "mot,equivalents\ntoiture,couverture|toit\n")
}

#[tokio::test]
async fn a_need_is_found_in_fiches_and_through_words_that_mean_the_same() {
    let pays = pays().await;
    pays.charger(&reseau("offre")).await;
    // « toit » is in no fiche; its synonym is in a title.
    let demander = |suite| aidants(&pays, "offre", suite);
    let (_, toit) = demander("territoire=commune:26020&q=le%20toit%20fuit").await;
    // The syndicate has « toiture solaire » among its words, and comes after.
    assert_eq!(codes(&toit), ["caue", "sde"]);
    assert_eq!(
        toit[0]["fiches"],
        json!([{"code": "couverture", "titre": "Refaire une couverture", "niveau": "premier_niveau",
                "cout": "gratuit", "conditions": null}])
    );
    // What the partner asks for comes before what the fiche says.
    let (_, led) = demander("territoire=commune:26020&q=lampes").await;
    assert_eq!(codes(&led), ["sde"]);
    assert_eq!(led[0]["fiches"][0]["cout"], "payant");
    assert_eq!(led[0]["fiches"][0]["conditions"], "Adhésion au syndicat");
    // Without a need, all that it offers here, what is not said left unknown.
    let (_, tout) = demander("territoire=commune:26020").await;
    assert_eq!(codes(&tout[0]["fiches"]), ["couverture", "reunion"]);
    assert_eq!(tout[0]["fiches"][1]["cout"], Value::Null);
    let (aide, rien) = demander("territoire=commune:26020&q=piscine").await;
    assert_eq!(rien, json!([]));
    assert!(aide["guichet"]["nom"].as_str().is_some());
}

#[tokio::test]
async fn fiches_are_listed_by_theme_partner_level_and_need() {
    let pays = pays().await;
    pays.charger(&reseau("catalogue-de-fiches")).await;
    let lire = async |suite: &str| {
        let adresse = format!("/api/reseaux/catalogue-de-fiches/fiches{suite}");
        let fiches = pays.lire(&adresse).await["fiches"].clone();
        codes(&fiches).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lire("").await, ["couverture", "led", "reunion"]);
    assert_eq!(lire("?theme=batiments").await, ["couverture"]);
    assert_eq!(lire("?partenaire=caue").await, ["couverture", "reunion"]);
    assert_eq!(lire("?niveau=approfondi").await, ["led"]);
    assert_eq!(lire("?q=toiture").await, ["couverture"]);
}

#[tokio::test]
async fn what_a_reseau_says_of_itself_is_beside_what_is_counted() {
    let pays = pays().await;
    let mut reseau = Reseau::nouveau("recit").sans("partenaires.csv").avec(
        "partenaires.csv",
        "code,nom,type,role,debut,fin,cadre\n\
         caue,Conseil d'architecture,association,,2018-01-01,,charte\n\
         sde,Syndicat,syndicat,coordinateur,,,\n\
         adil,Agence,association,,2010-01-01,2017-12-31,test\n",
    );
    reseau.declaration = reseau.declaration.replace(
        "[guichet]",
        "partenaires_annonces = 11\npresentation = 'Un réseau'\n[millesimes]\n2018 = 2019\n\
         [[etapes]]\nnom = 'Le modèle'\n[[etapes]]\nannee = 2018\nnom = 'La charte'\n\
         [[bilans]]\nannee = 2018\ndemandes = 745\ncommunes_servies = 260\n[guichet]",
    );
    let bilan = pays.charger(&reseau).await;
    assert_eq!(bilan.rejets, []);
    let lu = pays.lire("/api/reseaux/recit").await;
    assert_eq!((&lu["partenaires_annonces"], &lu["partenaires_comptes"]), (&json!(11), &json!(1)));
    assert_eq!(lu["etapes"][0], json!({"annee": null, "nom": "Le modèle", "description": null}));
    assert_eq!(lu["bilans_declares"][0]["demandes"], 745);
    assert_eq!(lu["partenaires"][2]["fin"], "2017-12-31");
    // A partner whose membership has ended is no longer concerned, nor does it cover.
    let couverture = pays.lire("/api/couverture?reseau=recit").await;
    assert_eq!(couverture["totaux"]["partenaires"], 2);
    let avant = pays.lire("/api/couverture?reseau=recit&annee=2017").await;
    assert_eq!(avant["totaux"]["partenaires"], 2);
}

#[tokio::test]
async fn a_regroupement_is_used_where_a_unit_is_and_a_shared_commune_counts_in_each() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("cantons")
        .avec("zones.csv", "z,caue,,regroupement,nord,2010-01-01,\n")
        .avec(
            "regroupements.csv",
            "code,nom,genre,regle\nnord,Canton nord,canton,\nsud,Canton sud,canton,\n",
        )
        .avec(
            "regroupements_communes.csv",
            "regroupement,commune\nnord,26001\nnord,26002\nsud,26002\nsud,26004\nsud,26399\n",
        )
        .avec("demandes.csv", "D1,2018-03-01,caue,,eau-potable,commune,26002,2019,,terminee\n");
    let bilan = pays.charger(&reseau).await;
    assert!(
        bilan.remarques.iter().any(|r| r.contains("comptent entières")),
        "{:?}",
        bilan.remarques
    );
    let cantons = pays.lire("/api/couverture?reseau=cantons&maille=regroupement").await;
    let unites = &cantons["unites"];
    assert_eq!(unites["cantons/nord"]["nom"], "Canton nord");
    assert_eq!(
        (&unites["cantons/nord"]["communes_aidees"], &unites["cantons/nord"]["communes"]),
        (&json!(2), &json!(2))
    );
    // 26399 has become 26003; 26002 is shared.
    assert_eq!(
        (&unites["cantons/sud"]["communes_aidees"], &unites["cantons/sud"]["communes"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        (&unites["cantons/nord"]["demandes"], &unites["cantons/sud"]["demandes"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(cantons["totaux"]["demandes"], 1);
    let dans = pays.lire("/api/couverture?reseau=cantons&dans=regroupement:cantons/sud").await;
    assert_eq!(dans["totaux"]["unites"], 3);
    assert_eq!(dans["totaux"]["unites_couvertes"], 1);
    let (aide, aidants) = aidants(&pays, "cantons", "territoire=regroupement:cantons/sud").await;
    assert_eq!(codes(&aidants), ["caue"]);
    assert_eq!(aidants[0]["communes_couvertes"], 1);
    assert_eq!(aide["territoire"]["nom"], "Canton sud");
    let registre =
        pays.lire("/api/demandes?reseau=cantons&territoire=regroupement:cantons/nord").await;
    assert_eq!(registre["total"], 1);
    let par_unite = pays.lire("/api/demandes/unites?reseau=cantons&maille=regroupement").await;
    assert_eq!(par_unite["unites"]["cantons/nord"]["population"], 1200);
    let phrase = pays.refus("/api/aide?territoire=regroupement:cantons", 400).await;
    assert!(phrase.contains("réseau/code"), "{phrase}");
}
