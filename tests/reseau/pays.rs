//! One private cluster for all the tests that run together, with a country of 2,500 square
//! communes. Tests do not meet: each loads a réseau of its own code.

use std::sync::{Arc, Weak};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use maillage::base::Base;
use maillage::{couverture, demandes, indicateurs, partenaires, territoires};
use serde_json::Value;
use sqlx::Executor;
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::commun::Dossier;
use crate::dossier::Reseau;

/// The last test to leave stops the cluster; its folder goes after it.
pub struct Pays {
    pub base: Base,
    _dossier: Dossier,
}

static PAYS: Mutex<Weak<Pays>> = Mutex::const_new(Weak::new());

pub async fn pays() -> Arc<Pays> {
    let mut partage = PAYS.lock().await;
    if let Some(pays) = partage.upgrade() {
        return pays;
    }
    let dossier = Dossier::nouveau();
    let base = dossier.base().await;
    let mut connexion = base.connexion().await.unwrap();
    connexion.execute(include_str!("pays.sql")).await.unwrap();
    territoires::passage::reconstruire(&mut connexion).await.unwrap();
    let pays = Arc::new(Pays { base, _dossier: dossier });
    *partage = Arc::downgrade(&pays);
    pays
}

impl Pays {
    /// Loads a réseau, and returns what the person at the terminal is told.
    pub async fn charger(&self, reseau: &Reseau) -> partenaires::import::Bilan {
        self.essayer(reseau).await.unwrap()
    }

    pub async fn essayer(
        &self,
        reseau: &Reseau,
    ) -> maillage::error::Result<partenaires::import::Bilan> {
        let lieu = reseau.ecrire();
        demandes::import::reseau(&self.base, lieu.path().to_owned(), &Default::default()).await
    }

    /// The status and body of an answer, read as the service's role.
    pub async fn demander(&self, adresse: &str) -> (u16, Value) {
        let routeur: Router = partenaires::routes()
            .merge(demandes::routes())
            .merge(couverture::routes())
            .merge(indicateurs::routes())
            .merge(territoires::routes())
            .with_state(self.base.piscine());
        let requete = Request::builder().uri(adresse).body(Body::empty()).unwrap();
        let reponse = routeur.oneshot(requete).await.unwrap();
        let statut = reponse.status().as_u16();
        let corps = to_bytes(reponse.into_body(), usize::MAX).await.unwrap();
        (statut, serde_json::from_slice(&corps).unwrap())
    }

    /// The body of an answer that must be given.
    pub async fn lire(&self, adresse: &str) -> Value {
        let (statut, corps) = self.demander(adresse).await;
        assert_eq!(statut, 200, "{adresse} : {corps}");
        corps
    }

    /// The sentence of a refusal.
    pub async fn refus(&self, adresse: &str, statut: u16) -> String {
        let (obtenu, corps) = self.demander(adresse).await;
        assert_eq!(obtenu, statut, "{adresse} : {corps}");
        corps["detail"].as_str().unwrap().to_owned()
    }
}
