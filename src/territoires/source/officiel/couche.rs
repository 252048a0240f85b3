//! Opening a file with GDAL and reading its layers as text and surfaces: the only place of the
//! official files that knows GDAL.

use gdal::errors::GdalError;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Feature, FieldValue, LayerAccess, geometry_type_has_m, geometry_type_has_z};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{Geometry, MultiPolygon};

use super::depot::{Donnee, GEOPACKAGE};
use super::systeme::Systeme;
use crate::error::{Error, Result};

/// An open file.
pub struct Jeu<'d> {
    source: Dataset,
    donnee: &'d Donnee,
}

/// What a layer says of itself.
#[derive(Debug)]
pub struct Couche {
    rang: usize,
    pub nom: String,
    pub colonnes: Vec<String>,
    /// None when the file does not tell.
    pub systeme: Option<Systeme>,
}

/// A row of a layer.
#[derive(Debug)]
pub struct Objet {
    /// From 1, in the order of the file.
    pub numero: usize,
    /// One cell a column asked for; blank is None.
    pub cellules: Vec<Option<String>>,
    /// In the layer's reference system. None when it is not asked for or not a surface.
    pub contour: Option<MultiPolygon>,
    /// How the file had it.
    pub facture: Facture,
}

/// What of a geometry its contour does not keep.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Facture {
    /// What it is in French when it is no surface: « un point », « vide ».
    pub autre: Option<String>,
    /// Had heights or measures, which are left out.
    pub altitudes: bool,
    /// A ring did not end where it began, and was closed.
    pub ouvert: bool,
}

impl<'d> Jeu<'d> {
    /// Opens a file with the one driver of its format. `encodage` is for Shapefile only, against
    /// what its `.cpg` says.
    ///
    /// # Errors
    /// A sentence when the file is not of its format.
    pub fn ouvrir(donnee: &'d Donnee, encodage: Option<&str>) -> Result<Self> {
        let encodage = encodage.map(|encodage| format!("ENCODING={encodage}"));
        let source = Dataset::open_ex(
            &donnee.chemin,
            DatasetOptions {
                open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
                allowed_drivers: Some(&[donnee.pilote]),
                open_options: encodage.as_deref().map(|option| vec![option]).as_deref(),
                ..DatasetOptions::default()
            },
        )
        .map_err(|erreur| illisible(donnee, &erreur))?;
        Ok(Self { source, donnee })
    }

    /// The layers of the file.
    pub fn couches(&self) -> Vec<Couche> {
        self.source
            .layers()
            .enumerate()
            .map(|(rang, couche)| Couche {
                rang,
                nom: couche.name(),
                colonnes: couche.defn().fields().map(|champ| champ.name()).collect(),
                systeme: couche.spatial_ref().and_then(|systeme| annonce(&systeme)),
            })
            .collect()
    }

    /// Goes through a layer's rows: the cells of the columns asked for, by rank, and the contour.
    ///
    /// # Errors
    /// That of the visitor, or a sentence when the layer is damaged.
    pub fn parcourir(
        &self,
        couche: &Couche,
        colonnes: &[usize],
        avec_contour: bool,
        mut visiteur: impl FnMut(Objet) -> Result<()>,
    ) -> Result<()> {
        let mut lue =
            self.source.layer(couche.rang).map_err(|erreur| illisible(self.donnee, &erreur))?;
        let annonces = lue.feature_count();
        let mut lus = 0;
        for (rang, objet) in lue.features().enumerate() {
            lus += 1;
            let contour = if avec_contour { surface(&objet) } else { None };
            let facture =
                if avec_contour { facture(&objet, contour.is_some()) } else { Facture::default() };
            visiteur(Objet {
                numero: rang + 1,
                cellules: colonnes.iter().map(|&colonne| cellule(&objet, colonne)).collect(),
                contour,
                facture,
            })?;
        }
        // GDAL ends a damaged layer as it ends a whole one; other formats count what they do not give.
        if lus < annonces && self.donnee.pilote == GEOPACKAGE {
            return Err(Error::Donnees(format!(
                "{}, couche {} : {annonces} objets annoncés, {lus} lus. Le fichier est abîmé ; \
                 téléchargez-le de nouveau.",
                self.donnee.nom, couche.nom
            )));
        }
        Ok(())
    }

    /// The first cell of a column that is not blank.
    ///
    /// # Errors
    /// A sentence when the layer is damaged.
    pub fn premiere_cellule(&self, couche: &Couche, colonne: usize) -> Result<Option<String>> {
        let mut lue =
            self.source.layer(couche.rang).map_err(|erreur| illisible(self.donnee, &erreur))?;
        Ok(lue.features().find_map(|objet| cellule(&objet, colonne)))
    }
}

/// The reference system that a layer announces; None for those that only say that they are unknown.
fn annonce(systeme: &SpatialRef) -> Option<Systeme> {
    let nom = systeme.name().unwrap_or_default();
    if systeme.is_local() || nom.is_empty() || nom.starts_with("Undefined") {
        return None;
    }
    match systeme.authority() {
        Ok(autorite) => Some(Systeme { definition: autorite.clone(), nom: autorite }),
        Err(_) => Some(Systeme { definition: systeme.to_wkt().ok()?, nom }),
    }
}

/// A cell as text. Numbers are written without decimals when they have none: codes may be numbers.
fn cellule(objet: &Feature<'_>, colonne: usize) -> Option<String> {
    let texte = match objet.field(colonne).ok()?? {
        FieldValue::RealValue(reel) if reel.fract() == 0.0 => format!("{reel:.0}"),
        FieldValue::StringListValue(textes) => textes.join("/"),
        _ => objet.field_as_string(colonne).ok()??,
    };
    let texte = texte.trim();
    (!texte.is_empty()).then(|| texte.to_owned())
}

fn surface(objet: &Feature<'_>) -> Option<MultiPolygon> {
    let geometrie = objet.geometry_by_index(0).ok().filter(|geometrie| !geometrie.is_empty())?;
    let mut plate = geometrie.clone();
    plate.flatten_to_2d();
    match plate.to_geo().ok()? {
        Geometry::MultiPolygon(surface) => Some(surface),
        Geometry::Polygon(surface) => Some(MultiPolygon(vec![surface])),
        _ => None,
    }
}

fn facture(objet: &Feature<'_>, surface: bool) -> Facture {
    let Ok(geometrie) = objet.geometry_by_index(0) else {
        return Facture { autre: Some("vide".into()), ..Facture::default() };
    };
    let genre = geometrie.geometry_type();
    let nom = geometrie.geometry_name();
    Facture {
        autre: (!surface).then(|| {
            if geometrie.is_empty() {
                return "vide".into();
            }
            match nom.as_str() {
                "POINT" | "MULTIPOINT" => "un point",
                "LINESTRING" | "MULTILINESTRING" | "LINEARRING" => "une ligne",
                "GEOMETRYCOLLECTION" => "un mélange de plusieurs genres",
                "CURVEPOLYGON" | "MULTISURFACE" => "une surface à bords courbes",
                _ => "d'un autre genre",
            }
            .into()
        }),
        altitudes: geometry_type_has_z(genre) || geometry_type_has_m(genre),
        ouvert: surface && est_ouverte(geometrie),
    }
}

/// Whether a ring of a polygon, or of one of its parts, does not end where it began.
fn est_ouverte(geometrie: &gdal::vector::Geometry) -> bool {
    (0..geometrie.geometry_count()).any(|rang| {
        let partie = geometrie.get_geometry(rang);
        let points = i32::try_from(partie.point_count()).unwrap_or_default();
        if points == 0 {
            return est_ouverte(&partie);
        }
        let (debut, fin) = (partie.get_point(0), partie.get_point(points - 1));
        (debut.0, debut.1) != (fin.0, fin.1)
    })
}

fn illisible(donnee: &Donnee, erreur: &GdalError) -> Error {
    tracing::debug!(%erreur, fichier = donnee.nom, "refusé par GDAL");
    Error::Donnees(format!(
        "{} ne se lit pas comme {} : le fichier est peut-être incomplet ou d'un autre format. \
         Téléchargez-le de nouveau.",
        donnee.nom, donnee.pilote
    ))
}
