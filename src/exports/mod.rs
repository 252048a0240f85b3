//! Collections as files: the same questions as OGC API, all the answers at once.
//!
//! A file is written to a temporary folder before it is sent: the whole country takes no more memory than a few
//! hundred features, whoever downloads slowly holds no connection to the database, and what fails is said by a problem
//! and not by a file cut short.

mod format;
mod geojson;
mod parquet;
mod sig;
mod tableur;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::base::Version;
use crate::comptes::Principal;
use crate::diffusion::{
    self, Calculs, Champ, Collection, Crs, Geometrie, Ligne, Question, ServiceDiffusion,
    attributions,
};
use crate::error::{ContexteFichier, Error, Result};
use crate::http::{Atelier, Chemin, Operation, Parametres, Politique, Reponse, Routes, VARIE};
use crate::territoires::{SourceDeDonnees, sources};
pub use format::Format;
pub use sig::{Couche, geopackage};

/// How many features of the answer a file does not hold, when there are any: FlatGeobuf, those that are nowhere.
const OMIS: HeaderName = HeaderName::from_static("objets-omis");

/// Batches of rows on their way from the database to a file.
const EN_ROUTE: usize = 4;
/// Bytes of a file sent at once.
const MORCEAU: usize = 64 << 10;

/// Media types of files, beside that of tables.
const AUTRES_GENRES: [&str; 6] = [
    Format::GeoPackage.genre(),
    Format::GeoJson.genre(),
    Format::FlatGeobuf.genre(),
    Format::Shapefile.genre(),
    Format::GeoParquet.genre(),
    Format::Classeur.genre(),
];

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
        let noms: Vec<String> = self.champs.iter().map(|champ| champ.nom.clone()).collect();
        self.notice_sous(&noms)
    }

    /// The same, of a file that has names of its own for the fields: those of some formats are short.
    pub fn notice_sous(&self, noms: &[String]) -> Vec<String> {
        let mut phrases = vec![format!("{}.", self.titre), self.description.clone()];
        phrases.extend(self.sources.iter().map(|source| format!("Source : {source}.")));
        phrases.extend(self.champs.iter().zip(noms).map(|(champ, nom)| {
            let precision = champ.description.as_deref().unwrap_or(&champ.titre);
            match *nom == champ.nom {
                true => format!("{nom} : {precision}."),
                false => format!("{nom} ({}) : {precision}.", champ.nom),
            }
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
             toute propriété comprise (departement=26). FlatGeobuf ne contient pas les objets sans géométrie : l'en-tête \
             objets-omis dit combien.",
            &diffusion::PARAMETRES,
            "/exports/communes.csv?departement=26",
        )
        .genre(Format::Csv.genre())
        .ou(&AUTRES_GENRES),
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
    // Whoever waits for a place holds no connection.
    let _ecriture = ECRITURES.entrer().await?;
    let transaction = principal.transaction(&piscine).await?;
    let Ecrit { format, corps, omis } =
        preparer(transaction, &service, &fichier, &parametres).await?;
    let entetes = [
        (header::CONTENT_TYPE, format.genre().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{fichier}\"")),
    ];
    let mut reponse = (entetes, corps).into_response();
    let entetes = reponse.headers_mut();
    entetes.insert(header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete());
    entetes.insert(header::VARY, VARIE);
    if omis > 0 {
        entetes.insert(OMIS, omis.into());
    }
    Ok(reponse)
}

/// A file that was written.
struct Ecrit {
    format: Format,
    corps: Body,
    /// Features of the answer that it does not hold.
    omis: u64,
}

/// The file that a name asks for (`communes.gpkg`), in answer to a question.
async fn preparer(
    mut transaction: Transaction,
    service: &ServiceDiffusion,
    fichier: &str,
    parametres: &Parametres,
) -> Result<Ecrit> {
    let Some((id, extension)) = fichier.split_once('.') else {
        return Err(Error::Introuvable(format!(
            "« {fichier} » n'est pas un export : donnez une collection et un format, comme communes.gpkg."
        )));
    };
    let format = Format::lire(extension)?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(id)?.clone();
    if !format.convient(&collection) {
        return Err(Error::Demande(format!(
            "La collection « {id} » n'a pas de géométrie, et un fichier {} ne tient que par elle : choisissez un autre format.",
            format.nom()
        )));
    }
    let question = Question::lire(&collection, parametres)?;
    if format.en_degres() && question.crs != Crs::default() {
        return Err(Error::Demande(
            "Un fichier GeoJSON ou GeoParquet est en longitude et latitude : retirez crs, ou choisissez un autre format."
                .into(),
        ));
    }
    let sources = sources(&mut *transaction, None).await?;
    let sujet = Sujet::nouveau(&collection, &question, &sources);
    let calculs = service.calculs().clone();
    let demande = Demande { format, collection, question, sujet, calculs };
    let (corps, omis) = demande.ecrire(transaction).await?;
    Ok(Ecrit { format, corps, omis })
}

/// Writes the file that a name asks for, of what the public reads, and returns how many bytes it has, and how many
/// features of the answer it does not hold.
///
/// # Errors
/// A question that cannot be answered; a file that is there already.
pub async fn vers_fichier(
    piscine: &PgPool,
    fichier: &str,
    chemin: &Path,
    parametres: &Parametres,
) -> Result<(u64, u64)> {
    let service = ServiceDiffusion::nouveau(Version::default());
    let transaction = Principal::Public.transaction(piscine).await?;
    let Ecrit { corps, omis, .. } = preparer(transaction, &service, fichier, parametres).await?;
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
    Ok((octets, omis))
}

type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;
type Lots<T> = Receiver<Vec<T>>;

/// Files written at once, and kept until they are sent: whoever reads slowly holds a file, and no connection.
static ECRITURES: Atelier = Atelier::nouveau(3, Duration::from_secs(15));
static FICHIERS: Semaphore = Semaphore::const_new(60);

/// What is to be written, and how.
struct Demande {
    format: Format,
    collection: Collection,
    question: Question,
    sujet: Sujet,
    calculs: Calculs,
}

impl Demande {
    /// Reads the rows while another thread writes them. When nobody waits for the file any more, both stop.
    async fn ecrire(self, transaction: Transaction) -> Result<(Body, u64)> {
        let fichier = FICHIERS.try_acquire().map_err(|_| Error::Affluence)?;
        let dossier = Arc::new(tempfile::tempdir().pour_fichier(ACTION, std::env::temp_dir())?);
        // Whoever writes keeps it too: the request may be gone first.
        let garde = Arc::clone(&dossier);
        let chemin = dossier.path().join(format!("export.{}", self.format.extension()));
        let omis = match self.format {
            Format::GeoJson => {
                let (envoi, lots) = mpsc::channel(EN_ROUTE);
                let (ou, nom) = (chemin.clone(), self.sujet.nom);
                let ecrit = spawn_blocking(move || {
                    let _garde = garde;
                    geojson::ecrire(&ou, &nom, lots)
                });
                let mut transaction = transaction;
                let (calculs, collection, question) =
                    (&self.calculs, &self.collection, &self.question);
                let lu = diffusion::envoyer_geojson(
                    &mut transaction,
                    calculs,
                    collection,
                    question,
                    envoi,
                )
                .await;
                fini(lu, ecrit).await?;
                0
            }
            format => {
                let (envoi, lots) = mpsc::channel(EN_ROUTE);
                let (ou, sujet) = (chemin.clone(), self.sujet);
                let ecrit = spawn_blocking(move || {
                    let _garde = garde;
                    ecrire(format, &ou, &sujet, lots)
                });
                let (mut transaction, formes) = (transaction, !format.tableur());
                let (calculs, collection, question) =
                    (&self.calculs, &self.collection, &self.question);
                let lu = diffusion::envoyer(
                    &mut transaction,
                    calculs,
                    collection,
                    question,
                    formes,
                    envoi,
                )
                .await;
                fini(lu, ecrit).await?
            }
        };
        Ok((envoyer_fichier((dossier, fichier), chemin).await?, omis))
    }
}

/// What reading said, then what writing did.
async fn fini<T>(lu: Result<()>, ecrit: JoinHandle<Result<T>>) -> Result<T> {
    lu?;
    ecrit.await.unwrap_or_else(|panique| std::panic::resume_unwind(panique.into_panic()))
}

const ACTION: &str = "écriture d'un export";

/// Writes rows to a file, and returns how many it cannot hold. Blocks.
fn ecrire(format: Format, chemin: &Path, sujet: &Sujet, mut lots: Lots<Ligne>) -> Result<u64> {
    let lots = &mut lots;
    match format {
        Format::Csv => tableur::ecrire_csv(chemin, sujet, lots)?,
        Format::Classeur => tableur::ecrire_classeur(chemin, sujet, lots)?,
        Format::GeoParquet => parquet::ecrire(chemin, sujet, lots)?,
        _ => return sig::ecrire(format, chemin, sujet, lots),
    }
    Ok(0)
}

/// The file, piece by piece; what it stands in goes with the last one.
async fn envoyer_fichier(garde: impl Send + 'static, chemin: PathBuf) -> Result<Body> {
    let fichier = tokio::fs::File::open(&chemin).await.pour_fichier(ACTION, chemin)?;
    Ok(Body::from_stream(stream::try_unfold((fichier, garde), |(mut fichier, garde)| async {
        let mut morceau = Vec::with_capacity(MORCEAU);
        let lus = (&mut fichier).take(MORCEAU as u64).read_to_end(&mut morceau).await?;
        Ok::<_, std::io::Error>((lus > 0).then(|| (Bytes::from(morceau), (fichier, garde))))
    })))
}
