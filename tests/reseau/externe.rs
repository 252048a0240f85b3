//! People whom a provider of identities vouches for.

use crate::dossier::Reseau;
use crate::matrice::session;
use crate::pays::{Pays, pays};

const FOURNISSEUR: &str = "https://identite.example";

/// The account that the service opens for somebody.
async fn compte(pays: &Pays, sujet: &str, courriel: &str, siret: Option<&str>) -> Option<i32> {
    sqlx::query_scalar("select compte_externe($1, $2, $3, 'Anne Martin', $4)")
        .bind(FOURNISSEUR)
        .bind(sujet)
        .bind(courriel)
        .bind(siret)
        .fetch_one(&pays.base.piscine())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_person_of_a_provider_has_one_account_and_no_one_takes_it() {
    let pays = pays().await;
    let anne = compte(&pays, "anne", "Anne@externe.example", None).await;
    assert!(anne.is_some());
    // Under another address, it is still the same person.
    assert_eq!(compte(&pays, "anne", "anne.martin@externe.example", None).await, anne);
    // Another person to whom the address was given is not.
    assert_eq!(compte(&pays, "bruno", "anne@externe.example", None).await, None);
    let mut connexion = pays.base.connexion().await.unwrap();
    maillage::comptes::registre::activer(&mut connexion, "anne@externe.example", false)
        .await
        .unwrap();
    assert_eq!(compte(&pays, "anne", "anne@externe.example", None).await, None);
}

#[tokio::test]
async fn the_body_of_a_person_proposes_a_right_that_the_coordinator_of_its_reseau_confirms() {
    let pays = pays().await;
    for code in ["externe-un", "externe-deux"] {
        let siren = if code == "externe-un" { "222600017" } else { "" };
        let ligne = format!("departement,Département,,,{siren},,,,\n");
        pays.charger(&Reseau::nouveau(code).avec("partenaires.csv", &ligne)).await;
    }
    compte(&pays, "claire", "claire@externe.example", Some("22260001700019")).await.unwrap();
    compte(&pays, "denis", "denis@externe.example", Some("21260002100018")).await.unwrap();
    for (reseau, attendu) in [("externe-un", 1), ("externe-deux", 0)] {
        let droit = format!("{reseau}:coordinateur");
        let coordinateur = session(&pays, &format!("coord@{reseau}.example"), &[&droit]).await;
        let mut transaction = coordinateur.transaction(&pays.base.piscine()).await.unwrap();
        let proposes: Vec<(String, String)> =
            sqlx::query_as("select courriel, partenaire from acces_proposes()")
                .fetch_all(&mut *transaction)
                .await
                .unwrap();
        assert_eq!(proposes.len(), attendu, "{reseau} : {proposes:?}");
        for propose in proposes {
            assert_eq!(propose, ("claire@externe.example".to_owned(), "departement".to_owned()));
        }
    }
}
