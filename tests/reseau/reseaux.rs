//! The réseaux described after public documents, in a country that has none of their communes.

use maillage::demandes;

use crate::pays::pays;

/// Their communes are not in the country of the tests, which sets those rows aside; nothing else is.
#[tokio::test]
async fn reseaux_of_the_documents_load_with_the_partners_that_these_count() {
    let pays = pays().await;
    // The département is one row, beside those that it federates.
    for (code, partenaires) in [("touraine", 7), ("anjou", 8), ("inge43", 7), ("manche", 12)] {
        let dossier = format!("{}/data/reseaux/{code}", env!("CARGO_MANIFEST_DIR")).into();
        let bilan =
            demandes::import::reseau(&pays.base, dossier, &Default::default()).await.unwrap();
        let autres: Vec<_> =
            bilan.rejets.iter().filter(|rejet| rejet.fichier != "perimetre.csv").collect();
        assert!(autres.is_empty(), "{code} : {autres:?}");

        let reseau = pays.lire(&format!("/api/reseaux/{code}")).await;
        assert_eq!(reseau["partenaires"].as_array().unwrap().len(), partenaires, "{code}");
        assert_eq!(reseau["demonstration"], true, "{code}");
        assert!(reseau["mention"].as_str().unwrap().contains("document public"), "{code}");
    }
}
