//! Routes that programs ask, declared once: what serves them, what they admit, how they are documented.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use super::Parametres;

/// A question that programs may ask, or a write, as the OpenAPI document shows it.
#[derive(Debug, Clone)]
pub struct Operation {
    pub methode: Method,
    /// With its variables in braces.
    pub chemin: &'static str,
    /// What it answers, in a French sentence.
    pub resume: &'static str,
    /// Of the query string; what each means is said once for all routes.
    pub parametres: Vec<&'static str>,
    /// An address that has an answer on the demonstration data.
    pub exemple: &'static str,
    /// Media type of the answer.
    pub genre: &'static str,
    /// Others that it may have.
    pub autres_genres: &'static [&'static str],
    /// Whether it may answer that there is nothing (204).
    pub parfois_vide: bool,
    /// Whether it leads to another address (307).
    pub ailleurs: bool,
    /// Whether its address is also answered with a slash at the end.
    pub barre_finale: bool,
    /// What a write brings.
    pub corps: Option<CorpsAttendu>,
    /// Whether it answers only those who are known.
    pub reservee: bool,
}

/// What a write brings: its media types, and one that is right on the demonstration data.
#[derive(Debug, Clone, Copy)]
pub struct CorpsAttendu {
    pub genres: &'static [&'static str],
    /// As text: JSON, or the first lines of a file.
    pub exemple: &'static str,
}

impl Operation {
    /// One that answers JSON.
    pub fn nouvelle(
        chemin: &'static str,
        resume: &'static str,
        parametres: &[&'static str],
        exemple: &'static str,
    ) -> Self {
        Self {
            methode: Method::GET,
            chemin,
            resume,
            parametres: parametres.to_vec(),
            exemple,
            genre: "application/json",
            autres_genres: &[],
            parfois_vide: false,
            ailleurs: false,
            barre_finale: false,
            corps: None,
            reservee: false,
        }
    }

    pub fn reservee(self) -> Self {
        Self { reservee: true, ..self }
    }

    /// A write that brings JSON, of which `exemple` is one.
    pub fn ecriture(
        methode: Method,
        chemin: &'static str,
        resume: &'static str,
        parametres: &[&'static str],
        exemple: &'static str,
    ) -> Self {
        let corps = CorpsAttendu { genres: &["application/json"], exemple };
        Self {
            methode,
            corps: Some(corps),
            reservee: true,
            ..Self::nouvelle(chemin, resume, parametres, "")
        }
    }

    /// An address of it, that says what its variables may be.
    pub fn a(self, exemple: &'static str) -> Self {
        Self { exemple, ..self }
    }

    /// The same, of other media types.
    pub fn apportant(self, genres: &'static [&'static str]) -> Self {
        Self { corps: self.corps.map(|corps| CorpsAttendu { genres, ..corps }), ..self }
    }

    /// Whether it changes something.
    pub fn ecrit(&self) -> bool {
        self.methode != Method::GET
    }

    fn filtre(&self) -> MethodFilter {
        // GET and HEAD are one question.
        MethodFilter::try_from(self.methode.clone()).unwrap_or(MethodFilter::GET)
    }

    pub fn genre(self, genre: &'static str) -> Self {
        Self { genre, ..self }
    }

    pub fn ou(self, autres_genres: &'static [&'static str]) -> Self {
        Self { autres_genres, ..self }
    }

    pub fn parfois_vide(self) -> Self {
        Self { parfois_vide: true, ..self }
    }

    pub fn ailleurs(self) -> Self {
        Self { ailleurs: true, ..self }
    }

    pub fn barre_finale(self) -> Self {
        Self { barre_finale: true, ..self }
    }
}

/// Routes and their documentation, kept together.
#[derive(Debug)]
pub struct Routes<S> {
    pub routeur: Router<S>,
    pub operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub fn nouvelles() -> Self {
        Self { routeur: Router::new(), operations: Vec::new() }
    }

    /// Adds one. Parameters that it does not declare are refused before its handler.
    pub fn avec<H, T>(mut self, operation: Operation, repondre: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let admis: Arc<[&'static str]> = operation.parametres.clone().into();
        let route = on(operation.filtre(), repondre).layer(from_fn_with_state(admis, admettre));
        if operation.barre_finale {
            self.routeur = self.routeur.route(&format!("{}/", operation.chemin), route.clone());
        }
        self.routeur = self.routeur.route(operation.chemin, route);
        self.operations.push(operation);
        self
    }

    /// Adds one that reads its parameters by itself: they depend on what is asked.
    pub fn libre<H, T>(mut self, operation: Operation, repondre: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.routeur = self.routeur.route(operation.chemin, on(operation.filtre(), repondre));
        self.operations.push(operation);
        self
    }

    pub fn fusionner(mut self, autres: Self) -> Self {
        self.routeur = self.routeur.merge(autres.routeur);
        self.operations.extend(autres.operations);
        self
    }

    /// The same routes, behind something that does not change what they are.
    pub fn derriere(mut self, couche: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.routeur = couche(self.routeur);
        self
    }
}

async fn admettre(
    State(admis): State<Arc<[&'static str]>>,
    parametres: Parametres,
    requete: Request,
    suite: Next,
) -> Response {
    match parametres.admettre(&admis) {
        Ok(_) => suite.run(requete).await,
        Err(probleme) => probleme.into_response(),
    }
}
