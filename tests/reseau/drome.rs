//! The demonstration réseau, against the figures of the document it is built around.

use maillage::rapports::textes;

use crate::pays::pays;

#[tokio::test]
async fn drome_gives_the_figures_of_its_document() {
    let pays = pays().await;
    let dossier = concat!(env!("CARGO_MANIFEST_DIR"), "/data/reseaux/drome").into();
    let bilan = textes::importer(&pays.base, dossier, &Default::default()).await.unwrap();
    assert_eq!(bilan.rejets, []);
    for adresse in [
        "/api/couverture?reseau=drome",
        "/api/couverture?reseau=drome&dans=departement:26",
        "/api/couverture?reseau=drome&maille=epci",
        "/api/couverture?reseau=drome&maille=departement",
    ] {
        let couverture = pays.lire(adresse).await;
        let totaux = &couverture["totaux"];
        let attendus = [
            ("demandes", 745),
            ("demandes_communes", 636),
            ("demandes_epci", 84),
            ("demandes_autres", 25),
            ("communes_servies", 260),
            ("communes", 364),
            ("epci_servis", 12),
            ("epci", 12),
            ("autres_servis", 6),
            ("partenaires", 12),
            ("partenaires_non_declares", 0),
        ];
        for (nom, attendu) in attendus {
            assert_eq!(totaux[nom], attendu, "{adresse} : {nom}");
        }
        assert_eq!((totaux["part_communes_servies"].as_f64().unwrap() * 100.0).round(), 71.0);
        assert_eq!(
            (&couverture["annee"], &couverture["millesime_reference"]),
            (&2018.into(), &2019.into())
        );
        assert_eq!(couverture["demonstration"], true);
    }
    let reseau = pays.lire("/api/reseaux/drome").await;
    assert_eq!(reseau["perimetre"], serde_json::json!({"communes": 364, "epci": 12}));
    assert_eq!(reseau["source"]["site"], "https://collectivites.ladrome.fr/");
    assert_eq!(reseau["partenaires"][0]["code"], "departement");
    // What the document states is kept apart from what is counted, and says the same.
    let declare = &reseau["bilans_declares"][0];
    assert_eq!((&declare["demandes"], &declare["communes_servies"]), (&745.into(), &260.into()));
    assert_eq!((&declare["communes"], &declare["epci"]), (&364.into(), &12.into()));
    assert_eq!(
        (&reseau["partenaires_annonces"], &reseau["partenaires_comptes"]),
        (&11.into(), &11.into())
    );
}
