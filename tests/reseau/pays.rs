//! One private cluster for all the tests that run together, with a country of 2,500 square
//! communes. Tests do not meet: each loads a réseau of its own code.

use std::sync::{Arc, Weak};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use maillage::base::Base;
use maillage::comptes::jetons::{self, Nouveau};
use maillage::comptes::registre;
use maillage::http::UrlPublique;
use maillage::rapports::textes;
use maillage::{comptes, couverture, demandes, indicateurs, partenaires, territoires};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection, PgPool};
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::commun::Dossier;
use crate::dossier::Reseau;

/// The address that the service takes itself to have.
pub const URL: &str = "https://maillage.example";

#[derive(Clone, FromRef)]
struct Etat {
    piscine: PgPool,
    url: UrlPublique,
    fournisseur: Option<comptes::Fournisseur>,
    courrier: Option<comptes::Courrier>,
}

/// The last test to leave stops the cluster; its folder goes after it.
pub struct Pays {
    pub base: Base,
    dossier: Dossier,
}

impl Pays {
    /// A session of another role, as another program opens one.
    pub async fn connexion_de(&self, role: &str) -> PgConnection {
        PgConnectOptions::new()
            .socket(self.dossier.chemin().join("socket"))
            .username(role)
            .database("maillage")
            .connect()
            .await
            .unwrap()
    }

    /// What the private cluster has written in its log.
    pub fn journal_du_serveur(&self) -> String {
        std::fs::read_to_string(self.dossier.chemin().join("journal.log")).unwrap()
    }
}

static PAYS: Mutex<Weak<Pays>> = Mutex::const_new(Weak::new());

pub async fn pays() -> Arc<Pays> {
    let mut partage = PAYS.lock().await;
    if let Some(pays) = partage.upgrade() {
        return pays;
    }
    let pays = Arc::new(Pays::nouveau("").await);
    *partage = Arc::downgrade(&pays);
    pays
}

impl Pays {
    /// A country of one's own, in a cluster of its own, with more in it than the shared one has.
    pub async fn nouveau(de_plus: &'static str) -> Self {
        let dossier = Dossier::nouveau();
        let base = dossier.base().await;
        let mut connexion = base.connexion().await.unwrap();
        connexion.execute(include_str!("pays.sql")).await.unwrap();
        connexion.execute(de_plus).await.unwrap();
        territoires::passage::reconstruire(&mut connexion).await.unwrap();
        Self { base, dossier }
    }

    /// Loads a réseau, and returns what the person at the terminal is told.
    pub async fn charger(&self, reseau: &Reseau) -> partenaires::import::Bilan {
        self.essayer(reseau).await.unwrap()
    }

    pub async fn essayer(
        &self,
        reseau: &Reseau,
    ) -> maillage::error::Result<partenaires::import::Bilan> {
        let lieu = reseau.ecrire();
        textes::importer(&self.base, lieu.path().to_owned(), &Default::default()).await
    }

    /// The routes, which read as the service's role, and who asks.
    pub fn routeur(&self) -> Router {
        let etat = Etat {
            piscine: self.base.piscine(),
            url: UrlPublique(URL.into()),
            fournisseur: None,
            courrier: None,
        };
        partenaires::routes()
            .fusionner(demandes::routes())
            .fusionner(couverture::routes())
            .fusionner(indicateurs::routes())
            .fusionner(territoires::routes())
            .fusionner(comptes::api())
            .routeur
            .merge(comptes::routes())
            .layer(from_fn_with_state(
                etat.clone(),
                |State(etat): State<Etat>, requete: Request, suite: Next| async move {
                    match comptes::identifier(&etat.piscine, &etat.url, requete).await {
                        Ok(requete) => suite.run(requete).await,
                        Err(refus) => refus,
                    }
                },
            ))
            .with_state(etat)
    }

    /// The status and body of an answer to the public, or to whoever has the token.
    pub async fn demander(&self, adresse: &str, jeton: Option<&str>) -> (u16, Value) {
        let mut requete = Request::builder().uri(adresse);
        if let Some(jeton) = jeton {
            requete = requete.header("authorization", format!("Bearer {jeton}"));
        }
        let reponse = self.routeur().oneshot(requete.body(Body::empty()).unwrap()).await.unwrap();
        let statut = reponse.status().as_u16();
        let corps = to_bytes(reponse.into_body(), usize::MAX).await.unwrap();
        (statut, serde_json::from_slice(&corps).unwrap())
    }

    /// A token of an account that is made for it, with these rights.
    pub async fn jeton(&self, courriel: &str, droits: &[&str]) -> String {
        let mut connexion = self.base.connexion().await.unwrap();
        registre::creer(&mut connexion, courriel, "Une personne", false).await.unwrap();
        for droit in droits {
            registre::donner(&mut connexion, courriel, &droit.parse().unwrap()).await.unwrap();
        }
        let compte = registre::numero(&mut connexion, courriel).await.unwrap();
        let nouveau = Nouveau { nom: "Essai", reseau: None, ecriture: true, jours: 1 };
        jetons::creer(&mut connexion, compte, &nouveau).await.unwrap().montrer().to_owned()
    }

    /// What the coordinator of a réseau reads.
    pub async fn lire_en_coordinateur(&self, reseau: &str, adresse: &str) -> Value {
        let courriel = format!("coordinateur@{reseau}.example");
        let mut connexion = self.base.connexion().await.unwrap();
        let connu = registre::numero(&mut connexion, &courriel).await.is_ok();
        assert!(!connu, "un coordinateur par essai");
        let jeton = self.jeton(&courriel, &[&format!("{reseau}:coordinateur")]).await;
        let (statut, corps) = self.demander(adresse, Some(&jeton)).await;
        assert_eq!(statut, 200, "{adresse} : {corps}");
        corps
    }

    /// The body of an answer that must be given.
    pub async fn lire(&self, adresse: &str) -> Value {
        let (statut, corps) = self.demander(adresse, None).await;
        assert_eq!(statut, 200, "{adresse} : {corps}");
        corps
    }

    /// The sentence of a refusal.
    pub async fn refus(&self, adresse: &str, statut: u16) -> String {
        let (obtenu, corps) = self.demander(adresse, None).await;
        assert_eq!(obtenu, statut, "{adresse} : {corps}");
        corps["detail"].as_str().unwrap().to_owned()
    }
}
