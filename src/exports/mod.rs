//! Collections as files: the same questions as OGC API, all the answers at once.
//!
//! What a format allows is sent while it is read (CSV, GeoJSON); the others go by way of a temporary file, so that the
//! whole country takes no more memory than a few hundred features.

mod format;
mod parquet;
mod sig;
mod tableur;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::{self, Receiver};

use crate::base::Version;
use crate::comptes::Principal;
use crate::diffusion::{
    self, Champ, Collection, Crs, Geometrie, Ligne, Question, ServiceDiffusion, attributions,
};
use crate::error::{ContexteFichier, Error, Result};
use crate::http::{Chemin, Operation, Parametres, Politique, Reponse, Routes, VARIE};
use crate::territoires::{SourceDeDonnees, sources};
pub use format::Format;

/// Batches of rows on their way from the database to a file.
const EN_ROUTE: usize = 4;
/// Bytes of a file sent at once.
const MORCEAU: usize = 64 << 10;

/// What a file is of.
#[derive(Debug, Clone)]
pub struct Sujet {
    /// Of the collection, and of the layer.
    pub nom: String,
    pub titre: String,
    pub description: String,
    pub champs: Vec<Champ>,
    pub geometrie: Option<Geometrie>,
    pub crs: Crs,
    pub sources: Vec<String>,
}

impl Sujet {
    fn nouveau(collection: &Collection, question: &Question, sources: &[SourceDeDonnees]) -> Self {
        Self {
            nom: collection.id.clone(),
            titre: collection.titre.clone(),
            description: collection.description.clone(),
            champs: question.champs.clone(),
            geometrie: collection.geometrie,
            crs: question.crs,
            sources: attributions(collection, sources),
        }
    }

    /// What a reader must know of the data, sentence by sentence.
    pub fn notice(&self) -> Vec<String> {
        let mut phrases = vec![format!("{}.", self.titre), self.description.clone()];
        phrases.extend(self.sources.iter().map(|source| format!("Source : {source}.")));
        phrases.extend(self.champs.iter().map(|champ| {
            let precision = champ.description.as_deref().unwrap_or(&champ.titre);
            format!("{} : {precision}.", champ.nom)
        }));
        phrases
    }
}

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    ServiceDiffusion: FromRef<S>,
{
    Routes::nouvelles().libre(
        Operation::nouvelle(
            "/exports/{fichier}",
            "Une collection en fichier : gpkg, geojson, fgb, shp.zip, parquet, csv ou xlsx. Les mêmes filtres que ses objets, \
             toute propriété comprise (departement=26).",
            &diffusion::PARAMETRES,
            "/exports/communes.csv?departement=26",
        )
        .genre("application/octet-stream"),
        exporter,
    )
}

async fn exporter(
    State(piscine): State<PgPool>,
    State(service): State<ServiceDiffusion>,
    principal: Principal,
    Chemin(fichier): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Response> {
    let transaction = principal.transaction(&piscine).await?;
    let (format, corps) = preparer(transaction, &service, &fichier, &parametres).await?;
    let entetes = [
        (header::CONTENT_TYPE, format.genre().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{fichier}\"")),
    ];
    let mut reponse = (entetes, corps).into_response();
    let entetes = reponse.headers_mut();
    entetes.insert(header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete());
    entetes.insert(header::VARY, VARIE);
    Ok(reponse)
}

/// The file that a name asks for (`communes.gpkg`), in answer to a question.
async fn preparer(
    mut transaction: Transaction,
    service: &ServiceDiffusion,
    fichier: &str,
    parametres: &Parametres,
) -> Result<(Format, Body)> {
    let Some((id, extension)) = fichier.split_once('.') else {
        return Err(Error::Introuvable(format!(
            "« {fichier} » n'est pas un export : donnez une collection et un format, comme communes.gpkg."
        )));
    };
    let format = Format::lire(extension)?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(id)?.clone();
    let question = Question::lire(&collection, parametres)?;
    if format.en_degres() && question.crs != Crs::default() {
        return Err(Error::Demande(
            "Un fichier GeoJSON ou GeoParquet est en longitude et latitude : retirez crs, ou choisissez un autre format."
                .into(),
        ));
    }
    let sources = sources(&mut *transaction, None).await?;
    let sujet = Sujet::nouveau(&collection, &question, &sources);
    let demande = Demande { format, collection, question, sujet };
    let corps = match format {
        Format::GeoJson => demande.geojson(transaction).await?,
        Format::Csv => demande.csv(transaction).await?,
        _ => demande.fichier(transaction).await?,
    };
    Ok((format, corps))
}

/// Writes the file that a name asks for, of what the public reads, and returns how many bytes it has.
///
/// # Errors
/// A question that cannot be answered; a file that is there already.
pub async fn vers_fichier(
    piscine: &PgPool,
    fichier: &str,
    chemin: &Path,
    parametres: &Parametres,
) -> Result<u64> {
    let service = ServiceDiffusion::nouveau(Version::default());
    let transaction = Principal::Public.transaction(piscine).await?;
    let (_, corps) = preparer(transaction, &service, fichier, parametres).await?;
    let mut ecrit = tokio::fs::File::create_new(chemin).await.pour_fichier(ACTION, chemin)?;
    let mut morceaux = corps.into_data_stream();
    let mut octets = 0;
    while let Some(morceau) = morceaux.try_next().await.map_err(|erreur| {
        Error::Donnees(format!("L'export n'a pas pu être lu jusqu'au bout : {erreur}."))
    })? {
        octets += morceau.len() as u64;
        ecrit.write_all(&morceau).await.pour_fichier(ACTION, chemin)?;
    }
    ecrit.flush().await.pour_fichier(ACTION, chemin)?;
    Ok(octets)
}

type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;
type Lots<T> = Receiver<Result<Vec<T>>>;

/// What is to be written, and how.
struct Demande {
    format: Format,
    collection: Collection,
    question: Question,
    sujet: Sujet,
}

impl Demande {
    /// Reads the rows on a task of their own. What fails is told to whoever writes them.
    fn lignes(&self, mut transaction: Transaction) -> Lots<Ligne> {
        let (envoi, lots) = mpsc::channel(EN_ROUTE);
        let (collection, question) = (self.collection.clone(), self.question.clone());
        let formes = !self.format.tableur();
        tokio::spawn(async move {
            let lu =
                diffusion::envoyer(&mut transaction, &collection, &question, formes, &envoi).await;
            if let Err(erreur) = lu {
                let _ = envoi.send(Err(erreur)).await;
            }
        });
        lots
    }

    /// The first batch is waited for: what is wrong with the question is then still a problem, and not a cut answer.
    async fn csv(self, transaction: Transaction) -> Result<Body> {
        let mut lots = self.lignes(transaction);
        let premier = lots.recv().await.transpose()?.unwrap_or_default();
        let debut =
            [tableur::entete_csv(&self.sujet.champs)?, tableur::lignes_csv(&premier)?].concat();
        Ok(suite(debut, lots, |lot| tableur::lignes_csv(&lot), &[]))
    }

    async fn geojson(self, mut transaction: Transaction) -> Result<Body> {
        let (envoi, mut lots) = mpsc::channel(EN_ROUTE);
        let (collection, question) = (self.collection, self.question);
        tokio::spawn(async move {
            let lu = diffusion::envoyer_geojson(&mut transaction, &collection, &question, &envoi);
            if let Err(erreur) = lu.await {
                let _ = envoi.send(Err(erreur)).await;
            }
        });
        let premier: Vec<String> = lots.recv().await.transpose()?.unwrap_or_default();
        let debut = format!(
            "{{\"type\":\"FeatureCollection\",\"name\":{},\"features\":[\n{}",
            serde_json::Value::from(self.sujet.nom),
            premier.join(",\n")
        );
        let ecrire = |lot: Vec<String>| {
            let mut texte = String::new();
            for objet in lot {
                texte.push_str(",\n");
                texte.push_str(&objet);
            }
            Ok(texte.into_bytes())
        };
        Ok(suite(debut.into_bytes(), lots, ecrire, b"\n]}\n"))
    }

    /// By way of a temporary folder, which goes when the last byte is sent.
    async fn fichier(self, transaction: Transaction) -> Result<Body> {
        let mut lots = self.lignes(transaction);
        let dossier = Arc::new(tempfile::tempdir().pour_fichier(ACTION, std::env::temp_dir())?);
        let chemin = dossier.path().join(format!("export.{}", self.format.extension()));
        let (ecrit, garde) = (chemin.clone(), Arc::clone(&dossier));
        let (format, sujet) = (self.format, self.sujet);
        tokio::task::spawn_blocking(move || {
            let _garde = garde;
            ecrire(format, &ecrit, &sujet, &mut lots)
        })
        .await
        .unwrap_or_else(|panique| std::panic::resume_unwind(panique.into_panic()))?;
        envoyer_fichier(dossier, chemin).await
    }
}

const ACTION: &str = "écriture d'un export";

/// Writes rows to a file. Blocks.
fn ecrire(format: Format, chemin: &Path, sujet: &Sujet, lots: &mut Lots<Ligne>) -> Result<()> {
    match format {
        Format::Classeur => tableur::ecrire_classeur(chemin, sujet, lots),
        Format::GeoParquet => parquet::ecrire(chemin, sujet, lots),
        _ => sig::ecrire(format, chemin, sujet, lots),
    }
}

/// A body that begins with some bytes, goes on with what batches become, and ends with others. What fails on the way
/// cuts it, so that nobody takes it for whole.
fn suite<T: Send + 'static>(
    debut: Vec<u8>,
    lots: Lots<T>,
    ecrire: impl Fn(Vec<T>) -> Result<Vec<u8>> + Send + Sync + 'static,
    fin: &'static [u8],
) -> Body {
    enum Etape<T> {
        Debut(Vec<u8>, Lots<T>),
        Milieu(Lots<T>),
        Fin,
    }
    let ecrire = Arc::new(ecrire);
    Body::from_stream(stream::try_unfold(Etape::Debut(debut, lots), move |etape| {
        let ecrire = Arc::clone(&ecrire);
        async move {
            Ok::<_, Error>(match etape {
                Etape::Debut(debut, lots) => Some((Bytes::from(debut), Etape::Milieu(lots))),
                Etape::Milieu(mut lots) => match lots.recv().await.transpose()? {
                    Some(lot) => Some((Bytes::from(ecrire(lot)?), Etape::Milieu(lots))),
                    None => Some((Bytes::from_static(fin), Etape::Fin)),
                },
                Etape::Fin => None,
            })
        }
    }))
}

async fn envoyer_fichier(dossier: Arc<tempfile::TempDir>, chemin: PathBuf) -> Result<Body> {
    let fichier = tokio::fs::File::open(&chemin).await.pour_fichier(ACTION, chemin)?;
    Ok(Body::from_stream(stream::try_unfold((fichier, dossier), |(mut fichier, dossier)| async {
        let mut morceau = Vec::with_capacity(MORCEAU);
        let lus = (&mut fichier).take(MORCEAU as u64).read_to_end(&mut morceau).await?;
        Ok::<_, std::io::Error>((lus > 0).then(|| (Bytes::from(morceau), (fichier, dossier))))
    })))
}
