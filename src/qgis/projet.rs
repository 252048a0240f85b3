//! A project, or a definition of its layers: the same groups, in two documents of QGIS.

use super::couche::{Couche, Groupe, groupe, sans_reglage, systeme};
use super::mise_en_page::{au_format, mise_en_page};
use super::noeud::{Noeud, couleur};
use super::sujet::Sujet;
use super::tables::LEGENDE;
use crate::error::Result;

/// The version of QGIS whose documents these are: the oldest that is tried.
const VERSION: &str = "3.22.0-Białowieża";
/// Width to height of the screen that the first view is made for.
const ECRAN: f64 = 1.6;

/// What is in a project, from the top of the list of layers to the bottom, which is drawn first.
#[derive(Debug)]
pub struct Projet<'a> {
    pub sujet: &'a Sujet,
    pub groupes: Vec<Groupe>,
    /// Colour of what is not land.
    pub papier: &'a str,
}

impl Projet<'_> {
    fn couches(&self) -> impl Iterator<Item = &Couche> {
        self.groupes.iter().flat_map(|groupe| &groupe.couches)
    }

    fn liste(&self) -> Noeud {
        groupe("").tient([sans_reglage()]).tient(self.groupes.iter().map(Groupe::place))
    }

    fn definitions(&self, nom: &'static str) -> Noeud {
        let mentions = self.mentions();
        Noeud::nouveau(nom).tient(self.couches().map(|couche| couche.definition(&mentions)))
    }

    fn mentions(&self) -> Vec<String> {
        let sujet = self.sujet;
        sujet.avertissement().into_iter().chain(sujet.mentions.iter().cloned()).collect()
    }

    /// The document of a `.qlr`.
    pub fn definition_de_couches(&self) -> Result<Vec<u8>> {
        Noeud::nouveau("qlr")
            .tient([self.liste(), self.definitions("maplayers")])
            .document("qgis-layer-definition")
    }

    /// The document of a `.qgs`.
    pub fn document(&self) -> Result<Vec<u8>> {
        let sujet = self.sujet;
        let titre = sujet.titre();
        let legende = self.couches().find(|couche| couche.id == LEGENDE);
        let vue = au_format(sujet.emprise, ECRAN);
        let ordre = self.couches().map(|c| Noeud::nouveau("layer").avec("id", &c.id));
        Noeud::nouveau("qgis")
            .avec("version", VERSION)
            .avec("projectname", &titre)
            .tient([
                Noeud::nouveau("homePath").avec("path", ""),
                Noeud::dit("title", &titre),
                Noeud::nouveau("projectCrs").tient([systeme(&sujet.systeme)]),
                self.liste(),
                toile(vue, &sujet.systeme),
                self.definitions("projectlayers"),
                Noeud::nouveau("layerorder").tient(ordre),
                proprietes(self.papier),
                self.metadonnees(&titre),
                Noeud::nouveau("Layouts").tient([mise_en_page(sujet, legende, self.papier)]),
                Noeud::nouveau("ProjectViewSettings")
                    .fixe([("UseProjectScales", "0"), ("rotation", "0")])
                    .tient([boite("DefaultViewExtent", vue).tient([systeme(&sujet.systeme)])]),
            ])
            .document("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'")
    }

    fn metadonnees(&self, titre: &str) -> Noeud {
        let reseau = &self.sujet.reseau;
        let mentions = self.mentions();
        Noeud::nouveau("projectMetadata")
            .tient([
                Noeud::dit("identifier", &reseau.code),
                Noeud::dit("language", "FRE"),
                Noeud::dit("type", "dataset"),
                Noeud::dit("title", titre),
                Noeud::dit("abstract", format!("{}. {}", reseau.nom, mentions.join(" ; "))),
            ])
            .tient([Noeud::dit("author", &reseau.nom)])
    }
}

/// Where the map is when the project opens.
fn toile([ouest, sud, est, nord]: [f64; 4], srs: &str) -> Noeud {
    Noeud::nouveau("mapcanvas").fixe([("name", "theMapCanvas"), ("annotationsVisible", "1")]).tient(
        [
            Noeud::dit("units", "meters"),
            Noeud::nouveau("extent").tient([
                Noeud::dit("xmin", ouest),
                Noeud::dit("ymin", sud),
                Noeud::dit("xmax", est),
                Noeud::dit("ymax", nord),
            ]),
            Noeud::dit("rotation", 0),
            Noeud::nouveau("destinationsrs").tient([systeme(srs)]),
            Noeud::dit("rendermaptile", 0),
        ],
    )
}

fn boite(nom: &'static str, [ouest, sud, est, nord]: [f64; 4]) -> Noeud {
    Noeud::nouveau(nom).avec("xmin", ouest).avec("ymin", sud).avec("xmax", est).avec("ymax", nord)
}

fn proprietes(papier: &str) -> Noeud {
    let lu = couleur(papier, 1.0);
    let mut canaux = lu.split(',');
    let teintes = ["CanvasColorRedPart", "CanvasColorGreenPart", "CanvasColorBluePart"]
        .map(|nom| Noeud::dit(nom, canaux.next().unwrap_or_default()).avec("type", "int"));
    Noeud::nouveau("properties").tient([
        Noeud::nouveau("Gui").tient(teintes),
        Noeud::nouveau("Paths").tient([Noeud::dit("Absolute", "false").avec("type", "bool")]),
        Noeud::nouveau("SpatialRefSys")
            .tient([Noeud::dit("ProjectionsEnabled", 1).avec("type", "int")]),
    ])
}
