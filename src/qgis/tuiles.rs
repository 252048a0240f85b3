//! Layers of vector tiles: couverture, demandes, zones, territories.

use super::acces::Acces;
use super::classes::modalites;
use super::couche::{Couche, Groupe};
use super::etiquettes::etiquettes;
use super::fond::Fond;
use super::noeud::{Noeud, citer};
use super::sujet::Sujet;
use super::symbologie::{Forme, Largeur, aplat, cercle, contour, symbole};
use crate::error::Result;
use crate::tuiles::ServiceTuiles;
use crate::web::Palette;

/// What draws the layers: the colours of the page, its base style, and the zooms of each layer.
#[derive(Debug)]
pub struct Pinceaux<'a> {
    pub palette: &'a Palette,
    pub fond: &'a Fond,
    pub service: &'a ServiceTuiles,
}

/// Layers of tiles that outline a maille: layer, title, size of the names in points, whether bold.
const TERRITOIRES: [(&str, &str, f64, bool); 4] = [
    ("regions", "Régions", 12.0, false),
    ("departements", "Départements", 11.0, true),
    ("epci", "EPCI", 9.0, true),
    ("communes", "Communes", 8.0, false),
];

/// A style of a layer of tiles.
fn style(
    nom: &str,
    couche: &str,
    expression: &str,
    zoom_min: i64,
    forme: Forme,
    symboles: Vec<Noeud>,
) -> Noeud {
    Noeud::nouveau("style")
        .avec("name", nom)
        .avec("layer", couche)
        .avec("geometry", forme.rang())
        .avec("min-zoom", zoom_min)
        .avec("max-zoom", -1)
        .avec("expression", expression)
        .avec("enabled", 1)
        .tient([Noeud::nouveau("symbols").tient([symbole("0", forme, symboles)])])
}

fn rendu(styles: impl IntoIterator<Item = Noeud>) -> Noeud {
    Noeud::nouveau("renderer").avec("type", "basic").tient([Noeud::nouveau("styles").tient(styles)])
}

impl Pinceaux<'_> {
    async fn couche(
        &self,
        acces: &Acces,
        couche: &str,
        parametres: &[(&str, &str)],
        propre: Vec<Noeud>,
    ) -> Result<Couche> {
        let decrites = self.service.couches(couche).await?;
        let zooms = decrites.first().map_or((0, 14), |couche| couche.zooms());
        let resume = decrites.first().map_or(String::new(), |couche| couche.description.clone());
        Ok(Couche {
            id: format!("tuiles_{couche}"),
            nom: String::new(),
            source: acces.tuiles(couche, parametres, zooms),
            fournisseur: "vectortile",
            visible: true,
            depliee: false,
            propre,
            resume,
            forme: None,
        })
    }

    pub async fn couverture(&self, acces: &Acces, sujet: &Sujet) -> Result<Groupe> {
        let styles = modalites(&sujet.classement, self.palette)
            .into_iter()
            .map(|m| style(&m.libelle, "couverture", &m.expression, -1, Forme::Surface, m.couches));
        let parametres = [("reseau", sujet.reseau.code.as_str()), ("maille", "commune")];
        let couche = self.couche(acces, "couverture", &parametres, vec![rendu(styles)]).await?;
        let nom = sujet.nom_de_couche("Partenaires par commune");
        Ok(Groupe { nom: "Couverture", visible: true, couches: vec![Couche { nom, ..couche }] })
    }

    pub async fn demandes(&self, acces: &Acces, sujet: &Sujet) -> Result<Groupe> {
        let cercles = cercle(self.palette, "demandes");
        let style = style("Demandes", "demandes", "", -1, Forme::Point, vec![cercles]);
        let parametres = [("reseau", sujet.reseau.code.as_str()), ("maille", "commune")];
        let couche = self.couche(acces, "demandes", &parametres, vec![rendu([style])]).await?;
        let nom = sujet.nom_de_couche("Demandes par commune");
        Ok(Groupe { nom: "Demandes", visible: false, couches: vec![Couche { nom, ..couche }] })
    }

    pub async fn zones(&self, acces: &Acces, sujet: &Sujet) -> Result<Groupe> {
        let styles = self.des_partenaires(sujet).into_iter().map(|(code, nom, symboles)| {
            let expression = format!("\"partenaire\" = {}", citer(code));
            style(nom, "zones", &expression, -1, Forme::Surface, symboles)
        });
        let parametres = [("reseau", sujet.reseau.code.as_str())];
        let couche = self.couche(acces, "zones", &parametres, vec![rendu(styles)]).await?;
        let nom = sujet.nom_de_couche("Zones par partenaire");
        Ok(Groupe { nom: "Zones", visible: false, couches: vec![Couche { nom, ..couche }] })
    }

    /// Code, name and symbol of each partner. There are seven colours: those who come after have the same with
    /// another outline.
    pub fn des_partenaires<'s>(&self, sujet: &'s Sujet) -> Vec<(&'s str, &'s str, Vec<Noeud>)> {
        const TIRETS: [&str; 4] = ["solid", "dash", "dot", "dash dot"];
        let couleurs = &self.palette.categories;
        let symboles = |rang: usize| {
            let couleur = &couleurs[rang % couleurs.len()];
            let tirets = TIRETS[rang / couleurs.len() % TIRETS.len()];
            vec![aplat(couleur, 0.3), contour(couleur, &Largeur::Fixe(2.5), tirets)]
        };
        let partenaires = sujet.partenaires.iter().enumerate();
        partenaires
            .map(|(rang, (code, nom))| (code.as_str(), nom.as_str(), symboles(rang)))
            .collect()
    }

    pub async fn territoires(&self, acces: &Acces) -> Result<Groupe> {
        let mut couches = Vec::new();
        for (couche, titre, corps, gras) in TERRITOIRES {
            let limite = self.fond.limite(couche)?;
            let trait_ = contour(&limite.couleur, &limite.largeur, "solid");
            let style = style("Limites", couche, "", limite.zoom_min, Forme::Surface, vec![trait_]);
            let points = format!("{couche}_points");
            let noms = etiquettes(&points, &self.fond.noms(couche)?, corps, gras);
            let tuiles = self.couche(acces, couche, &[], vec![rendu([style]), noms]).await?;
            couches.push(Couche { nom: titre.to_owned(), ..tuiles });
        }
        Ok(Groupe { nom: "Territoires", visible: true, couches })
    }

    /// The land, under everything else.
    pub async fn terre(&self, acces: &Acces) -> Result<Groupe> {
        let terre = aplat(&self.fond.terre, 1.0);
        let style = style("Terre", "regions", "", -1, Forme::Surface, vec![terre]);
        let couche = self.couche(acces, "regions", &[], vec![rendu([style])]).await?;
        let couche = Couche { id: "tuiles_terre".into(), nom: "Terre".into(), ..couche };
        Ok(Groupe { nom: "Fond", visible: true, couches: vec![couche] })
    }
}
