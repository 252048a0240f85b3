//! The whole service without a network, as pages and programs ask it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use maillage::app::{self, Etat};
use maillage::comptes::registre;
use maillage::config::Service;
use serde_json::Value;
use tower::ServiceExt;

use crate::pays::{Pays, URL, pays};

/// The password of the accounts of tests.
pub const PASSE: &str = "quatre-mots-sans-rapport";

/// The whole service, as it is served.
pub struct Essai {
    pub pays: Arc<Pays>,
    pub service: Router,
}

/// An answer.
pub struct Recue {
    pub statut: StatusCode,
    pub entetes: HeaderMap,
    pub texte: String,
}

impl Recue {
    pub fn entete(&self, nom: &str) -> &str {
        self.entetes.get(nom).map_or("", |valeur| valeur.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.texte).unwrap_or_else(|_| panic!("{}", self.texte))
    }

    /// What the browser keeps: the name and the value.
    pub fn biscuit(&self) -> String {
        self.entete("set-cookie").split(';').next().unwrap().to_owned()
    }
}

impl Essai {
    pub async fn nouveau() -> Self {
        Self::sur(pays().await).await
    }

    /// In a country of its own: for a test that counts what others would add, or holds what others would wait for.
    pub async fn a_part() -> Self {
        Self::sur(Arc::new(Pays::nouveau("").await)).await
    }

    pub async fn sur(pays: Arc<Pays>) -> Self {
        let service = Service {
            adresse: SocketAddr::from(([127, 0, 0, 1], 0)),
            url_publique: Some(URL.into()),
            cache_mio: 8,
            limites: Default::default(),
            ouverture: Default::default(),
            fond: Default::default(),
            externe: Default::default(),
            courrier: Default::default(),
            exploitant: Default::default(),
        };
        let etat = Etat::nouveau(&pays.base, &service).unwrap();
        let service = app::routeur(etat);
        // Nothing is kept before the service hears of changes.
        for _ in 0..100 {
            let pret = Request::builder().uri("/ready").body(Body::empty()).unwrap();
            if service.clone().oneshot(pret).await.unwrap().status() == StatusCode::OK {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { pays, service }
    }

    pub async fn demander(
        &self,
        methode: Method,
        adresse: &str,
        entetes: &[(&str, &str)],
        corps: &str,
    ) -> Recue {
        let mut requete = Request::builder().method(methode).uri(adresse);
        for (nom, valeur) in entetes {
            requete = requete.header(*nom, *valeur);
        }
        if !entetes.iter().any(|(nom, _)| *nom == "content-type") {
            requete = requete.header("content-type", "application/x-www-form-urlencoded");
        }
        self.passer(requete.body(Body::from(corps.to_owned())).unwrap()).await
    }

    async fn passer(&self, requete: Request<Body>) -> Recue {
        let reponse = self.service.clone().oneshot(requete).await.unwrap();
        let (tete, corps) = reponse.into_parts();
        let octets = to_bytes(corps, usize::MAX).await.unwrap();
        Recue {
            statut: tete.status,
            entetes: tete.headers,
            texte: String::from_utf8_lossy(&octets).into_owned(),
        }
    }

    /// A form of a page of ours, sent from an address.
    pub async fn envoyer_depuis(&self, client: &str, adresse: &str, corps: &str) -> Recue {
        let requete = Request::builder()
            .method(Method::POST)
            .uri(adresse)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .extension(ConnectInfo(SocketAddr::new(client.parse().unwrap(), 1)))
            .body(Body::from(corps.to_owned()))
            .unwrap();
        self.passer(requete).await
    }

    /// A question asked from an address.
    pub async fn lire_depuis(&self, client: &str, adresse: &str) -> Recue {
        let requete = Request::builder()
            .uri(adresse)
            .extension(ConnectInfo(SocketAddr::new(client.parse().unwrap(), 1)))
            .body(Body::empty())
            .unwrap();
        self.passer(requete).await
    }

    pub async fn lire(&self, adresse: &str, entetes: &[(&str, &str)]) -> Recue {
        self.demander(Method::GET, adresse, entetes, "").await
    }

    /// A form of a page of ours.
    pub async fn envoyer(&self, adresse: &str, biscuit: &str, corps: &str) -> Recue {
        let entetes = [("sec-fetch-site", "same-origin"), ("cookie", biscuit)];
        self.demander(Method::POST, adresse, &entetes, corps).await
    }

    /// A write of a program, or of a script of a page of ours.
    pub async fn ecrire(
        &self,
        methode: Method,
        adresse: &str,
        biscuit: &str,
        corps: &Value,
    ) -> Recue {
        let entetes = [
            ("sec-fetch-site", "same-origin"),
            ("cookie", biscuit),
            ("content-type", "application/json"),
        ];
        self.demander(methode, adresse, &entetes, &corps.to_string()).await
    }

    /// A table, sent by a program or a script of a page of ours.
    pub async fn deposer(&self, adresse: &str, biscuit: &str, octets: &[u8]) -> Recue {
        let requete = Request::builder()
            .method(Method::POST)
            .uri(adresse)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", biscuit)
            .header("content-type", "text/csv")
            .body(Body::from(octets.to_vec()))
            .unwrap();
        self.passer(requete).await
    }

    /// A form with a file, of a page of ours.
    pub async fn envoyer_fichier(
        &self,
        adresse: &str,
        biscuit: &str,
        nom: &str,
        octets: &[u8],
    ) -> Recue {
        self.envoyer_parties(adresse, biscuit, &[], Some((nom, octets))).await
    }

    /// A form of fields and of a file.
    pub async fn envoyer_parties(
        &self,
        adresse: &str,
        biscuit: &str,
        champs: &[(&str, &str)],
        fichier: Option<(&str, &[u8])>,
    ) -> Recue {
        let mut corps = Vec::new();
        for (nom, texte) in champs {
            corps.extend(
                format!(
                    "--borne\r\nContent-Disposition: form-data; name=\"{nom}\"\r\n\r\n{texte}\r\n"
                )
                .bytes(),
            );
        }
        if let Some((nom, octets)) = fichier {
            let tete = format!(
                "--borne\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            corps.extend(tete.bytes());
            corps.extend(octets);
            corps.extend(b"\r\n");
        }
        corps.extend(b"--borne--\r\n");
        let requete = Request::builder()
            .method(Method::POST)
            .uri(adresse)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", biscuit)
            .header("content-type", "multipart/form-data; boundary=borne")
            .body(Body::from(corps))
            .unwrap();
        self.passer(requete).await
    }

    /// The bytes of an answer.
    pub async fn emporter(&self, adresse: &str, biscuit: &str) -> Vec<u8> {
        let requete = Request::builder().uri(adresse).header("cookie", biscuit);
        let reponse =
            self.service.clone().oneshot(requete.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(reponse.status(), StatusCode::OK, "{adresse}");
        to_bytes(reponse.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    /// An account with a password, and a session of it.
    pub async fn entrer(&self, courriel: &str, droits: &[&str]) -> String {
        let mut connexion = self.pays.base.connexion().await.unwrap();
        registre::creer(&mut connexion, courriel, "Anne <b>Martin</b>", false).await.unwrap();
        for droit in droits {
            registre::donner(&mut connexion, courriel, &droit.parse().unwrap()).await.unwrap();
        }
        let lien = registre::lier(&mut connexion, courriel).await.unwrap();
        let adresse = format!("/lien/{}", lien.montrer());
        let choisi =
            self.envoyer(&adresse, "", &format!("mot_de_passe={PASSE}&confirmation={PASSE}")).await;
        assert_eq!((choisi.statut, choisi.entete("location")), (StatusCode::SEE_OTHER, "/espace"));
        choisi.biscuit()
    }

    /// Sessions of those of a réseau: its two partners, whoever coordinates it, a reader.
    pub async fn gens(&self, reseau: &str) -> [String; 4] {
        let entrer = async |qui: &str, droit: &str| {
            self.entrer(&format!("{qui}@{reseau}.example"), &[&format!("{reseau}:{droit}")]).await
        };
        [
            entrer("caue", "partenaire:caue").await,
            entrer("sde", "partenaire:sde").await,
            entrer("coord", "coordinateur").await,
            entrer("lecteur", "lecteur").await,
        ]
    }

    pub async fn moi(&self, biscuit: &str) -> Value {
        self.lire("/api/moi", &[("cookie", biscuit)]).await.json()
    }
}
