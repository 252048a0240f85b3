//! Who answers for this service and where what it shows comes from (`/mentions`), and what is known of its accessibility
//! (`/accessibilite`, the declaration that the decree 2019-768 of 24 July 2019 asks of public services).

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use maud::{Markup, html};
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::config::Exploitant;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::http::page::page_publique;
use crate::http::{Politique, Reponse};
use crate::territoires::sources;

/// More would be a site of its own.
const OCTETS_MAX: u64 = 20_000;

/// What whoever runs the service says of themselves, a paragraph a line. Empty when nothing was written.
#[derive(Debug, Clone, Default)]
pub struct Mentions(Arc<[String]>);

impl Mentions {
    /// # Errors
    /// A file that is missing, too long, or not text.
    pub fn lire(exploitant: &Exploitant) -> Result<Self> {
        let Some(fichier) = &exploitant.mentions else { return Ok(Self::default()) };
        let action = "lecture des mentions légales";
        let taille = std::fs::metadata(fichier).pour_fichier(action, fichier)?.len();
        if taille > OCTETS_MAX {
            return Err(Error::Installation(format!(
                "{} a {taille} octets : les mentions légales en ont {OCTETS_MAX} au plus. Raccourcissez-les.",
                fichier.display()
            )));
        }
        let texte = std::fs::read_to_string(fichier).pour_fichier(action, fichier)?;
        let lignes = texte.trim_start_matches('\u{feff}').lines().map(str::trim);
        Ok(Self(lignes.filter(|ligne| !ligne.is_empty()).map(str::to_owned).collect()))
    }
}

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    Mentions: FromRef<S>,
{
    Router::new().route("/mentions", get(mentions)).route("/accessibilite", get(accessibilite))
}

/// A réseau and its desk.
#[derive(Debug, sqlx::FromRow)]
struct Guichet {
    reseau: String,
    nom: Option<String>,
    site: Option<String>,
    courriel: Option<String>,
    telephone: Option<String>,
}

async fn guichets(piscine: &PgPool, principal: &Principal) -> Result<Vec<Guichet>> {
    let mut transaction = principal.transaction(piscine).await?;
    sqlx::query_as(
        "select nom as reseau, guichet_nom as nom, guichet_site as site, guichet_courriel as courriel,
           guichet_telephone as telephone
         from reseau order by nom",
    )
    .fetch_all(&mut *transaction)
    .await
    .pour("lecture des guichets des réseaux")
}

async fn mentions(
    State(piscine): State<PgPool>,
    State(propres): State<Mentions>,
    principal: Principal,
) -> Reponse<impl IntoResponse> {
    let sources = sources(&piscine, None).await?;
    let guichets = guichets(&piscine, &principal).await?;
    let corps = html! {
        h1 { "Mentions légales" }
        h2 { "Qui publie ce service" }
        @if propres.0.is_empty() {
            p { "Qui publie et qui héberge ce service n'a pas encore été écrit ici par son exploitant. Les chiffres et les \
                 cartes de chaque réseau sont de sa responsabilité." }
        }
        @for ligne in propres.0.iter() { p { (ligne) } }
        (joindre(&guichets))
        h2 { "D'où viennent les données" }
        ul { @for source in &sources { li { (source.mention()) } } }
        p {
            "Chaque indicateur a sa source et sa licence dans " a href="/api/indicateurs" { "le catalogue" }
            " ; les zones et les demandes sont celles que les partenaires de chaque réseau déclarent."
        }
        h2 { "Le programme" }
        p {
            "maillage " (env!("CARGO_PKG_VERSION")) ", logiciel libre sous licence EUPL-1.2. "
            a href="/licences.txt" { "Licences des bibliothèques de la page" } "."
        }
        h2 { "Témoins et mesure d'audience" }
        p {
            "La carte et les fiches ne posent aucun témoin (cookie) et ne mesurent aucune audience. Qui se connecte reçoit un \
             seul témoin, celui de sa session. " a href="/donnees-personnelles" { "Données personnelles" } "."
        }
    };
    Ok(rendre("Mentions légales", corps, &principal))
}

async fn accessibilite(
    State(piscine): State<PgPool>,
    principal: Principal,
) -> Reponse<impl IntoResponse> {
    let guichets = guichets(&piscine, &principal).await?;
    let corps = html! {
        h1 { "Accessibilité : non conforme" }
        p {
            "Le référentiel général d'amélioration de l'accessibilité (RGAA) veut qu'un service qui n'a pas été audité soit dit "
            strong { "non conforme" } ". C'est le cas de celui-ci : aucun audit n'a encore été fait. Voici ce qui est vérifié, et ce \
            qui manque."
        }
        h2 { "Ce qui est vérifié à chaque version" }
        ul {
            li { "L'outil axe-core ne trouve rien de grave sur les pages et leurs états, au bureau et au téléphone." }
            li { "La carte, la recherche, les réglages et les formulaires s'utilisent au clavier, avec un repère visible." }
            li { "Les fiches des territoires et des partenaires, la demande d'aide et les pages des comptes se lisent sans JavaScript." }
            li { "Les couleurs des cartes se distinguent pour les trois daltonismes ; les motifs doublent les couleurs." }
        }
        h2 { "Ce qui n'est pas accessible" }
        ul {
            li {
                "L'image de la carte elle-même. À sa place : la réponse en phrases, et le tableau « Voir le tableau », qui porte les \
                 mêmes valeurs et se télécharge."
            }
            li { "Les cartes dessinées des fiches : le texte qui les entoure dit ce qu'elles montrent." }
            li { "Les fichiers pour logiciels de cartographie (GeoPackage, FlatGeobuf, Shapefile, projets QGIS)." }
        }
        h2 { "Signaler un défaut, ou obtenir un contenu" }
        p { "Si un contenu ou un service vous est fermé, écrivez-le : il vous sera donné sous une autre forme." }
        (joindre(&guichets))
        h2 { "Si la réponse ne vient pas" }
        p {
            "Vous pouvez écrire au Défenseur des droits (formulaire.defenseurdesdroits.fr), appeler le 09 69 39 00 00, rencontrer \
             son délégué dans votre région, ou lui écrire sans affranchir : Défenseur des droits, Libre réponse 71120, 75342 Paris \
             CEDEX 07."
        }
    };
    Ok(rendre("Accessibilité : non conforme", corps, &principal))
}

/// How each réseau is reached.
fn joindre(guichets: &[Guichet]) -> Markup {
    html! {
        @if guichets.is_empty() { p { "Aucun réseau n'est encore publié ici." } }
        ul {
            @for g in guichets {
                li {
                    (g.reseau) " : "
                    @if let Some(nom) = &g.nom { (nom) } @else { "son guichet n'est pas encore déclaré" }
                    @if let Some(courriel) = &g.courriel { ", " a href={ "mailto:" (courriel) } { (courriel) } }
                    @if let Some(telephone) = &g.telephone { ", " a href={ "tel:" (telephone.replace(' ', "")) } { (telephone) } }
                    @if let Some(site) = &g.site { ", " a href=(site) { "site" } }
                }
            }
        }
    }
}

fn rendre(titre: &str, corps: Markup, principal: &Principal) -> impl IntoResponse + use<> {
    let entetes = [
        (header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete()),
        (header::VARY, crate::http::VARIE),
    ];
    (entetes, Html(page_publique(titre, html! {}, corps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lues(texte: &str) -> Result<Mentions> {
        let dossier = tempfile::tempdir().expect("a folder");
        let fichier = dossier.path().join("mentions.txt");
        std::fs::write(&fichier, texte).expect("written");
        Mentions::lire(&Exploitant { mentions: Some(fichier) })
    }

    #[test]
    fn each_line_that_says_something_is_a_paragraph() {
        let mentions = lues("\u{feff}Publié par le Département.\r\n\r\n  Hébergé à Valence. \n")
            .expect("read");
        assert_eq!(*mentions.0, ["Publié par le Département.", "Hébergé à Valence."]);
    }

    #[test]
    fn a_file_that_is_missing_or_too_long_is_said_before_the_service_starts() {
        let absent = Exploitant { mentions: Some("/nulle/part".into()) };
        assert!(Mentions::lire(&absent).is_err_and(|e| e.to_string().contains("/nulle/part")));
        assert!(lues(&"a".repeat(30_000)).is_err_and(|e| e.to_string().contains("Raccourcissez")));
    }
}
