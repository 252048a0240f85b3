//! Errors as RFC 9457 problems, in French, saying what to do next. The cause stays in the log.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;

/// What a handler gives back.
pub type Reponse<T> = Result<T, Probleme>;

/// An answer `application/problem+json`.
#[derive(Debug, Clone, Serialize)]
pub struct Probleme {
    #[serde(rename = "type")]
    genre: &'static str,
    title: &'static str,
    #[serde(serialize_with = "statut")]
    status: StatusCode,
    detail: String,
    /// Members of its own, beside those of the RFC.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    precisions: Option<Box<Map<String, Value>>>,
}

fn statut<S: serde::Serializer>(statut: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(statut.as_u16())
}

impl Probleme {
    /// 400: the request cannot be answered as asked.
    pub fn demande(detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:demande",
            title: "Demande à corriger",
            status: StatusCode::BAD_REQUEST,
            detail: detail.into(),
            precisions: None,
        }
    }

    /// 401: who asks shows a secret that does not serve.
    pub fn non_identifie(detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:non-identifie",
            title: "Identification refusée",
            status: StatusCode::UNAUTHORIZED,
            detail: detail.into(),
            precisions: None,
        }
    }

    /// 403: who asks may not do this.
    pub fn interdit(detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:interdit",
            title: "Action refusée",
            status: StatusCode::FORBIDDEN,
            detail: detail.into(),
            precisions: None,
        }
    }

    /// 404: what was asked for does not exist.
    pub fn introuvable(detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:introuvable",
            title: "Introuvable",
            status: StatusCode::NOT_FOUND,
            detail: detail.into(),
            precisions: None,
        }
    }

    /// 405: this address answers to other methods.
    pub fn methode() -> Self {
        Self {
            genre: "urn:maillage:methode",
            title: "Méthode non admise",
            status: StatusCode::METHOD_NOT_ALLOWED,
            detail: "Cette adresse n'admet pas cette méthode ; l'en-tête Allow dit lesquelles."
                .into(),
            precisions: None,
        }
    }

    /// 408: what is sent does not arrive.
    pub fn trop_lent() -> Self {
        Self {
            genre: "urn:maillage:trop-lent",
            title: "Envoi interrompu",
            status: StatusCode::REQUEST_TIMEOUT,
            detail: "Cet envoi n'est pas arrivé en entier à temps. Vérifiez votre connexion, puis recommencez."
                .into(),
            precisions: None,
        }
    }

    /// 409: what was to be changed has changed, or is there already.
    pub fn conflit(detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:conflit",
            title: "Modifié entre-temps",
            status: StatusCode::CONFLICT,
            detail: detail.into(),
            precisions: None,
        }
    }

    /// 415: a body of another kind.
    pub fn autre_genre(attendu: &str) -> Self {
        Self {
            genre: "urn:maillage:genre",
            title: "Genre de contenu non admis",
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            detail: format!("Cette adresse attend un corps {attendu} (en-tête Content-Type)."),
            precisions: None,
        }
    }

    /// 422: a field that cannot be taken as it is. `champ` names it for programs.
    pub fn saisie(champ: &str, detail: impl Into<String>) -> Self {
        Self {
            genre: "urn:maillage:saisie",
            title: "Saisie à corriger",
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail: detail.into(),
            precisions: None,
        }
        .avec("champ", champ.into())
    }

    /// The same problem, with a member that programs read.
    pub fn avec(mut self, nom: &str, valeur: Value) -> Self {
        self.precisions.get_or_insert_default().insert(nom.to_owned(), valeur);
        self
    }

    /// 413: more than the service takes.
    pub fn trop_lourd(octets: usize) -> Self {
        Self {
            genre: "urn:maillage:trop-lourd",
            title: "Envoi trop lourd",
            status: StatusCode::PAYLOAD_TOO_LARGE,
            detail: format!(
                "Cet envoi dépasse {} Kio. Allégez-le, ou passez par la ligne de commande.",
                octets >> 10
            ),
            precisions: None,
        }
    }

    /// 414: an address that no question of ours needs.
    pub fn adresse_trop_longue(octets: usize) -> Self {
        Self {
            genre: "urn:maillage:adresse-trop-longue",
            title: "Adresse trop longue",
            status: StatusCode::URI_TOO_LONG,
            detail: format!(
                "L'adresse dépasse {} Kio. Raccourcissez les paramètres.",
                octets >> 10
            ),
            precisions: None,
        }
    }

    /// 422: a form that lacks a field, or has one that cannot be read.
    pub fn formulaire() -> Self {
        Self {
            genre: "urn:maillage:formulaire",
            title: "Formulaire à corriger",
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail:
                "Il manque un champ au formulaire, ou l'un d'eux ne se lit pas. Rouvrez la page."
                    .into(),
            precisions: None,
        }
    }

    /// 429: one person asks too much at once.
    pub fn trop_de_demandes() -> Self {
        Self {
            genre: "urn:maillage:trop-de-demandes",
            title: "Trop de demandes à la fois",
            status: StatusCode::TOO_MANY_REQUESTS,
            detail: "Vous posez trop de questions en même temps. Attendez les réponses, puis recommencez.".into(),
            precisions: None,
        }
    }

    /// 503: everybody together does.
    pub fn affluence() -> Self {
        Self {
            genre: "urn:maillage:affluence",
            title: "Service très demandé",
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "Trop de personnes interrogent le service. Réessayez dans quelques secondes."
                .into(),
            precisions: None,
        }
    }

    /// 503: a question that takes longer than the service gives.
    pub fn trop_long() -> Self {
        Self {
            genre: "urn:maillage:trop-long",
            title: "Question trop longue",
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "La question prend trop de temps. Limitez-la à un territoire, une année ou un réseau.".into(),
            precisions: None,
        }
    }

    /// 503: somebody else writes at the same place, and takes long.
    pub fn occupe() -> Self {
        Self {
            genre: "urn:maillage:occupe",
            title: "Écriture en cours",
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "Un chargement, ou l'écriture de quelqu'un d'autre, est en cours au même endroit. Rien n'est \
                     enregistré : recommencez dans une minute."
                .into(),
            precisions: None,
        }
    }

    /// 503: the database is away; asking again later may work.
    pub fn indisponible() -> Self {
        Self {
            genre: "urn:maillage:indisponible",
            title: "Service momentanément indisponible",
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "La base de données ne répond pas. Réessayez dans quelques secondes.".into(),
            precisions: None,
        }
    }

    /// 500: our fault.
    pub fn interne() -> Self {
        Self {
            genre: "urn:maillage:interne",
            title: "Erreur du service",
            status: StatusCode::INTERNAL_SERVER_ERROR,
            detail:
                "Le service a rencontré une erreur ; elle est notée dans son journal. Réessayez, \
                     puis prévenez l'administrateur si elle persiste."
                    .into(),
            precisions: None,
        }
    }

    pub fn statut(&self) -> StatusCode {
        self.status
    }

    /// The field that is wrong, when one is.
    pub fn champ(&self) -> Option<&str> {
        self.precisions.as_ref()?.get("champ")?.as_str()
    }

    /// What kind of refusal it is, and its sentence: for pages, which say it in their own way.
    pub fn dire(&self) -> (&'static str, &str) {
        (self.title, &self.detail)
    }

    pub fn genre(&self) -> &'static str {
        self.genre
    }

    /// One of each that a reader may be told, for the documentation.
    pub fn tous() -> Vec<Self> {
        vec![
            Self::demande("Le paramètre « annee » doit être un nombre entre 1943 et 2100."),
            Self::non_identifie("Ce jeton n'est plus valable. Demandez-en un autre."),
            Self::interdit("Le réseau ne publie pas ce détail."),
            Self::introuvable("La collection « rien » n'existe pas."),
            Self::methode(),
            Self::trop_lent(),
            Self::conflit("La demande « S-2 » a changé depuis que vous l'avez lue."),
            Self::trop_lourd(super::FORMULAIRE_MAX),
            Self::autre_genre("application/json"),
            Self::saisie("debut", "Il manque le champ « debut »."),
            Self::adresse_trop_longue(super::limites::ADRESSE_MAX),
            Self::formulaire(),
            Self::trop_de_demandes(),
            Self::affluence(),
            Self::trop_long(),
            Self::occupe(),
            Self::indisponible(),
            Self::interne(),
        ]
    }
}

impl From<Error> for Probleme {
    fn from(erreur: Error) -> Self {
        match erreur {
            Error::Demande(detail) => Self::demande(detail),
            Error::Introuvable(detail) => Self::introuvable(detail),
            Error::Affluence => Self::affluence(),
            Error::Base { action, source } => Self::de_la_base(action, &source),
            autre => {
                tracing::error!(erreur = %autre, "requête en échec");
                Self::interne()
            }
        }
    }
}

impl Probleme {
    fn de_la_base(action: &'static str, source: &sqlx::Error) -> Self {
        // Our own SQL functions raise `no_data_found` with a French sentence.
        if let sqlx::Error::Database(erreur) = source
            && erreur.code().as_deref() == Some("P0002")
        {
            return Self::introuvable(erreur.message());
        }
        // What a policy forbids to write.
        if let sqlx::Error::Database(erreur) = source
            && erreur.code().as_deref() == Some("42501")
        {
            tracing::warn!(erreur = %source, "droit manquant pendant : {action}");
            return Self::interdit("Vous n'avez pas le droit de faire cela.");
        }
        // What a constraint holds, and no sentence of ours had foreseen.
        if let sqlx::Error::Database(erreur) = source
            && let Some(code) = erreur.code().filter(|code| code.starts_with("23"))
        {
            tracing::warn!(contrainte = erreur.constraint(), "écriture refusée pendant : {action}");
            return match &*code {
                "23505" => Self::conflit("Cela existe déjà. Relisez ce qui est là."),
                _ => Self::saisie(
                    "",
                    "Une valeur ne convient pas à ce qui est déjà là. Relisez votre saisie.",
                ),
            };
        }
        // Past the time that a statement has.
        if let sqlx::Error::Database(erreur) = source
            && erreur.code().as_deref() == Some("57014")
        {
            tracing::warn!("question interrompue pendant : {action}");
            return Self::trop_long();
        }
        // Past the time that a statement waits for what another transaction holds.
        if let sqlx::Error::Database(erreur) = source
            && erreur.code().as_deref() == Some("55P03")
        {
            tracing::info!("écriture en cours ailleurs pendant : {action}");
            return Self::occupe();
        }
        let absente = match source {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // Class 57: shutting down, starting up, query cancelled; 53: out of resources; 08: link; 40: two
            // writes met, and one is to be made again.
            sqlx::Error::Database(erreur) => erreur.code().is_some_and(|code| {
                ["57", "53", "08", "40"].iter().any(|classe| code.starts_with(classe))
            }),
            _ => false,
        };
        if absente {
            tracing::warn!(erreur = %source, "base indisponible pendant : {action}");
            Self::indisponible()
        } else {
            tracing::error!(erreur = %source, "requête en échec pendant : {action}");
            Self::interne()
        }
    }
}

impl IntoResponse for Probleme {
    fn into_response(self) -> Response {
        let statut = self.status;
        let mut reponse = (statut, Json(self)).into_response();
        let entetes = reponse.headers_mut();
        entetes.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
        );
        entetes.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&statut) {
            entetes.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if statut == StatusCode::UNAUTHORIZED {
            // QGIS then asks for the password that the token is.
            let defi =
                HeaderValue::from_static("Basic realm=\"maillage\", charset=\"UTF-8\", Bearer");
            entetes.insert(header::WWW_AUTHENTICATE, defi);
        }
        reponse
    }
}
