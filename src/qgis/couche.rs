//! Layers and their groups: what QGIS writes of every layer, whatever it is read by.

use super::noeud::Noeud;
use super::symbologie::Forme;

/// A layer of a project.
#[derive(Debug, Clone)]
pub struct Couche {
    /// QGIS takes those of ten characters or less for none.
    pub id: String,
    pub nom: String,
    pub source: String,
    /// As QGIS names it: `vectortile` or `OAPIF`.
    pub fournisseur: &'static str,
    pub visible: bool,
    /// Whether its legend is shown in the list of layers.
    pub depliee: bool,
    /// What only layers of its kind say.
    pub propre: Vec<Noeud>,
    pub resume: String,
    /// None: tiles, which hold any shape.
    pub forme: Option<Forme>,
}

/// Layers under a heading.
#[derive(Debug, Clone)]
pub struct Groupe {
    pub nom: &'static str,
    pub visible: bool,
    pub couches: Vec<Couche>,
}

impl Couche {
    /// Its definition. `mentions` are the sources to credit.
    pub fn definition(&self, mentions: &[String]) -> Noeud {
        let (genre, srs) = match self.forme {
            None => ("vector-tile", "EPSG:3857"),
            Some(_) => ("vector", "EPSG:4326"),
        };
        let debut = Noeud::nouveau("maplayer").avec("type", genre).fixe([
            ("styleCategories", "AllStyleCategories"),
            ("hasScaleBasedVisibilityFlag", "0"),
            ("autoRefreshEnabled", "0"),
        ]);
        let debut = match self.forme {
            None => debut,
            Some(Forme::Point) => debut.avec("geometry", "Point").avec("wkbType", "Point"),
            Some(_) => debut.avec("geometry", "Polygon").avec("wkbType", "MultiPolygon"),
        };
        let fournisseur = Noeud::dit("provider", self.fournisseur);
        debut
            .tient([
                Noeud::dit("id", &self.id),
                Noeud::dit("datasource", &self.source),
                Noeud::dit("title", &self.nom),
                Noeud::dit("abstract", &self.resume),
                Noeud::dit("layername", &self.nom),
                Noeud::nouveau("srs").tient([systeme(srs)]),
                self.metadonnees(mentions),
                match self.forme {
                    None => fournisseur,
                    Some(_) => fournisseur.avec("encoding", "UTF-8"),
                },
            ])
            .tient(self.propre.iter().cloned())
            .tient([Noeud::dit("blendMode", 0), Noeud::dit("layerOpacity", 1)])
    }

    fn metadonnees(&self, mentions: &[String]) -> Noeud {
        Noeud::nouveau("resourceMetadata")
            .tient([
                Noeud::dit("identifier", &self.id),
                Noeud::dit("language", "FRE"),
                Noeud::dit("type", "dataset"),
                Noeud::dit("title", &self.nom),
                Noeud::dit("abstract", &self.resume),
            ])
            .tient(mentions.iter().map(|mention| Noeud::dit("rights", mention)))
    }

    /// Its place in the list of layers.
    pub fn place(&self) -> Noeud {
        Noeud::nouveau("layer-tree-layer")
            .avec("id", &self.id)
            .avec("name", &self.nom)
            .avec("source", &self.source)
            .avec("providerKey", self.fournisseur)
            .avec("checked", coche(self.visible))
            .avec("expanded", u8::from(self.depliee))
            .fixe([("legend_exp", ""), ("legend_split_behavior", "0"), ("patch_size", "-1,-1")])
            .tient([sans_reglage()])
    }
}

impl Groupe {
    /// Its place in the list of layers, with those of its layers.
    pub fn place(&self) -> Noeud {
        groupe(self.nom)
            .avec("checked", coche(self.visible))
            .avec("expanded", u8::from(self.visible))
            .tient([sans_reglage()])
            .tient(self.couches.iter().map(Couche::place))
    }
}

/// A heading of the list of layers; the list itself has no name.
pub fn groupe(nom: &str) -> Noeud {
    Noeud::nouveau("layer-tree-group").avec("name", nom)
}

pub fn sans_reglage() -> Noeud {
    Noeud::nouveau("customproperties").tient([Noeud::nouveau("Option")])
}

fn coche(visible: bool) -> &'static str {
    if visible { "Qt::Checked" } else { "Qt::Unchecked" }
}

/// A reference system by its code (`EPSG:2154`): QGIS knows the rest, and reads the code of those that it knows by a
/// number of its own, whichever it is.
pub fn systeme(authid: &str) -> Noeud {
    Noeud::nouveau("spatialrefsys").tient([
        Noeud::dit("srsid", 1),
        Noeud::dit("srid", authid.trim_start_matches("EPSG:")),
        Noeud::dit("authid", authid),
    ])
}
