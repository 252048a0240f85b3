//! The world that Typst sees: its own fonts, files that exist only in memory, a date that is given. No disk, no network.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;

use crate::error::{Error, Result};
use crate::web::polices_en_fichiers;

/// Read once for all documents: the faces of the page, then those that Typst brings for what they lack.
static POLICES: LazyLock<FontStore> = LazyLock::new(|| {
    let mut polices = FontStore::new();
    let de_la_page = polices_en_fichiers().flat_map(|octets| {
        Font::iter(Bytes::new(octets)).map(|police| {
            let info = police.info().clone();
            (police, info)
        })
    });
    polices.extend(de_la_page);
    polices.extend(typst_kit::fonts::embedded());
    polices
});
static BIBLIOTHEQUE: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::default()));

/// Files by their path, one of which is the document.
pub struct Monde {
    principal: FileId,
    sources: HashMap<FileId, Source>,
    fichiers: HashMap<FileId, Bytes>,
    date: NaiveDate,
}

impl Monde {
    /// A world of templates and other files. Names are few and the same for every report: Typst keeps each for as long as
    /// the process lives.
    pub fn nouveau(
        principal: &str,
        gabarits: &[(&str, &str)],
        fichiers: Vec<(String, Vec<u8>)>,
        date: NaiveDate,
    ) -> Result<Self> {
        let sources = gabarits.iter().map(|(nom, texte)| {
            let id = fichier(nom)?;
            Ok((id, Source::new(id, (*texte).to_owned())))
        });
        let fichiers = fichiers
            .into_iter()
            .map(|(nom, octets)| Ok((fichier(&nom)?, Bytes::new(octets))))
            .collect::<Result<_>>()?;
        Ok(Self {
            principal: fichier(principal)?,
            sources: sources.collect::<Result<_>>()?,
            fichiers,
            date,
        })
    }
}

fn fichier(nom: &str) -> Result<FileId> {
    let chemin = VirtualPath::new(nom).map_err(|_| {
        Error::Donnees(format!("« {nom} » n'est pas un nom de fichier pour un rapport."))
    })?;
    Ok(RootedPath::new(VirtualRoot::Project, chemin).intern())
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        &BIBLIOTHEQUE
    }

    fn book(&self) -> &LazyHash<FontBook> {
        POLICES.book()
    }

    fn main(&self) -> FileId {
        self.principal
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let fichier = self.fichiers.get(&id).cloned();
        fichier.ok_or_else(|| absent(id))
    }

    fn font(&self, rang: usize) -> Option<Font> {
        POLICES.font(rang)
    }

    fn today(&self, _decalage: Option<Duration>) -> Option<Datetime> {
        date(self.date)
    }
}

/// A day as Typst holds it.
pub fn date(jour: NaiveDate) -> Option<Datetime> {
    let mois = u8::try_from(jour.month()).ok()?;
    Datetime::from_ymd(jour.year(), mois, u8::try_from(jour.day()).ok()?)
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
