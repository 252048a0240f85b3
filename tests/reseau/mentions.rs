//! What the law asks every public service to say of itself.

use axum::http::StatusCode;

use crate::dossier::Reseau;
use crate::pays::pays;
use crate::service::Essai;

#[tokio::test]
async fn the_notice_names_sources_and_desks_and_the_declaration_says_that_no_audit_was_made() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("mentions")).await;
    let essai = Essai::sur(pays).await;
    for (adresse, dits) in [
        ("/mentions", ["icence ", "Réseau mentions", "EUPL-1.2"]),
        ("/accessibilite", ["non conforme", "Réseau mentions", "Défenseur des droits"]),
    ] {
        let page = essai.lire(adresse, &[]).await;
        assert_eq!(page.statut, StatusCode::OK);
        for dit in dits {
            assert!(page.texte.contains(dit), "{dit} : {}", page.texte);
        }
    }
}
