//! To ask: one short page, without an account, from any answer to « who can help »; then a secret link that says where
//! the demande is.

mod cadre;
mod pages;
mod saisie;

use axum::Router;
use axum::extract::{Extension, FromRef, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::fiches::refuser;
use crate::comptes::{
    Courrier, Empreinte, Freins, Motif, Principal, Secret, en_mots, patienter, reponse,
};
use crate::demandes::en_ligne::{Recue, Suivie};
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Client, Formulaire, Parametres, Reponse, UrlPublique};
use crate::territoires::{Edition, Lieu, Unite};
use cadre::Cadre;
use saisie::{Fautes, Saisie, rempli};

/// What begins the secret of a link, for whoever finds it where it should not be.
const PREFIXE: &str = "suivi_";

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Courrier>: FromRef<S>,
{
    Router::new()
        .route("/demander", get(presenter).post(recevoir))
        .route("/suivi/{secret}", get(suivre))
}

async fn presenter(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Response {
    let lire = async {
        parametres.admettre(&Saisie::PARAMETRES)?;
        let mut saisie = Saisie::lire(&parametres).nette();
        let mut transaction = principal.transaction(&piscine).await?;
        let cadre = Cadre::lire(&mut transaction, &saisie).await?;
        if let Cadre::Pret(pret) = &cadre {
            pret.completer(&mut saisie);
        }
        Ok(montrer(&cadre, &saisie, &Fautes::new()))
    };
    lire.await.unwrap_or_else(|probleme| refuser(&probleme))
}

/// The page that the next choice is made on.
fn montrer(cadre: &Cadre, saisie: &Saisie, fautes: &Fautes) -> Response {
    let page = match cadre {
        Cadre::Lieu { trouves, phrase } => {
            pages::choisir_le_lieu(saisie, trouves, phrase.as_deref())
        }
        Cadre::Reseaux { lieu, reseaux } => pages::choisir_le_reseau(saisie, lieu, reseaux),
        Cadre::Pret(pret) => pages::formulaire(pret, saisie, fautes, None),
    };
    let statut = if fautes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    reponse(statut, page)
}

async fn recevoir(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(courrier): State<Option<Courrier>>,
    client: Option<Extension<Client>>,
    principal: Principal,
    formulaire: Reponse<Formulaire<Saisie>>,
) -> Response {
    let lire = async {
        let Formulaire(saisie) = formulaire?;
        let saisie = saisie.nette();
        // Ended before its sender is counted: a request that waits for a connection while it holds another could wait
        // for those of its like.
        let mut lecture = principal.transaction(&piscine).await?;
        let cadre = Cadre::lire(&mut lecture, &saisie).await?;
        lecture.rollback().await.pour("lecture de ce qu'une demande concerne")?;
        let Cadre::Pret(pret) = &cadre else { return Ok(montrer(&cadre, &saisie, &Fautes::new())) };
        let mut fautes = saisie.fautes();
        fautes.extend(pret.fautes(&saisie));
        if !fautes.is_empty() {
            return Ok(montrer(&cadre, &saisie, &fautes));
        }
        let beneficiaire = &pret.lieu.unite;
        let foyer = client.map(|Extension(client)| client.foyer());
        let freins = Freins::des_demandes(
            &pret.reseau.reseau.code,
            &saisie.courriel,
            &beneficiaire.to_string(),
            foyer,
        );
        if let Some(attente) = freins.reserver(&piscine).await? {
            let avis = pages::patience(&pret.reseau, &en_mots(attente));
            let page = pages::formulaire(pret, &saisie, &Fautes::new(), Some(avis));
            return Ok(patienter(attente, page));
        }
        let secret = Secret::tirer(PREFIXE)?;
        let recue = Recue {
            reseau: &pret.reseau.reseau.code,
            partenaire: rempli(&saisie.partenaire),
            theme: &saisie.theme,
            fiche: pret.fiche(&saisie.fiche).map(|fiche| fiche.code.as_str()),
            beneficiaire,
            objet: &saisie.objet,
            nom: &saisie.nom,
            fonction: rempli(&saisie.fonction),
            courriel: &saisie.courriel,
            telephone: rempli(&saisie.telephone),
        };
        let mut transaction = principal.ecriture(&piscine, "POST /demander").await?;
        let reference = recue.recevoir(&mut transaction, &secret.empreinte()).await?;
        transaction.commit().await.pour("réception d'une demande")?;
        tracing::info!(reference, reseau = recue.reseau, "une demande en ligne est reçue");
        let lien = format!("/suivi/{}", secret.montrer());
        if let Some(courrier) = courrier {
            let (courriel, lien) = (saisie.courriel.clone(), format!("{}{lien}", url.0));
            tokio::spawn(async move {
                // What fails is in the log: the page shows the link all the same.
                let _ = courrier.envoyer(&courriel, Motif::Suivi, &lien).await;
            });
        }
        Ok(Redirect::to(&format!("{lien}?recue=1")).into_response())
    };
    lire.await.unwrap_or_else(|probleme| refuser(&probleme))
}

async fn suivre(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    chemin: Reponse<Chemin<String>>,
    parametres: Parametres,
) -> Response {
    let lire = async {
        parametres.admettre(&["recue"])?;
        let Chemin(secret) = chemin?;
        let mut transaction = principal.transaction(&piscine).await?;
        let suivie = Suivie::lire(&mut transaction, &Empreinte::de(&secret)).await?;
        let edition = Edition::avec_contours(&mut transaction, None).await?;
        let unite: Unite = format!("{}:{}", suivie.maille, suivie.code).parse()?;
        let lieu = trouver(Lieu::trouver(&mut transaction, edition, &unite).await)?;
        let lien = parametres.texte("recue").map(|_| format!("{}/suivi/{secret}", url.0));
        Ok(reponse(StatusCode::OK, pages::suivi(&suivie, lieu.as_ref(), lien.as_deref())))
    };
    lire.await.unwrap_or_else(|probleme| refuser(&probleme))
}

/// A place that is no more is not named.
fn trouver(lieu: Result<Lieu>) -> Result<Option<Lieu>> {
    match lieu {
        Ok(lieu) => Ok(Some(lieu)),
        Err(Error::Introuvable(_)) => Ok(None),
        Err(erreur) => Err(erreur),
    }
}
