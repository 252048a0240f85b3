//! Pages of features, as GeoJSON and as they are read.

use maud::{Markup, html};
use serde_json::Value;

use super::adresses::{Adresses, segment};
use super::documents::{GEOJSON, HTML, JSON, lien};
use crate::diffusion::{Champ, Collection, Page, Place};
use crate::http::Parametres;

/// A page of features with what is said of it.
#[derive(Debug)]
pub struct Lue<'a> {
    pub collection: &'a Collection,
    pub parametres: &'a Parametres,
    pub adresses: Adresses<'a>,
    pub page: Page,
    pub place: Place,
    /// All those that answer the question.
    pub effectif: i64,
}

impl Lue<'_> {
    fn chemin(&self) -> String {
        format!("/collections/{}/items", segment(&self.collection.id))
    }

    /// The same question from elsewhere.
    fn depart(&self, nom: &str, valeur: &str) -> String {
        let changes = [
            ("apres", None),
            ("avant", None),
            ("offset", None),
            ("f", self.parametres.texte("f")),
            (nom, Some(valeur)),
        ];
        self.adresses.avec(&self.chemin(), self.parametres, &changes)
    }

    /// The page before and the page after.
    fn voisines(&self) -> [Option<String>; 2] {
        match &self.place {
            Place::Reperes { precedent, suivant } => [
                precedent.as_deref().map(|id| self.depart("avant", id)),
                suivant.as_deref().map(|id| self.depart("apres", id)),
            ],
            Place::Rangs { precedent, suivant } => [precedent, suivant]
                .map(|rang| rang.map(|rang| self.depart("offset", &rang.to_string()))),
        }
    }

    /// A FeatureCollection. Features are already written.
    pub fn geojson(&self) -> String {
        let forme = |f| self.adresses.avec(&self.chemin(), self.parametres, &[("f", f)]);
        let mut liens = vec![
            lien(forme(self.parametres.texte("f")), "self", GEOJSON, "Ces objets"),
            lien(forme(Some("html")), "alternate", HTML, "Les mêmes, à lire"),
            lien(
                self.adresses.de(&format!("/collections/{}", self.collection.id)),
                "collection",
                JSON,
                &self.collection.titre,
            ),
        ];
        let [precedente, suivante] = self.voisines();
        liens.extend(suivante.map(|adresse| lien(adresse, "next", GEOJSON, "Page suivante")));
        liens.extend(precedente.map(|adresse| lien(adresse, "prev", GEOJSON, "Page précédente")));
        format!(
            "{{\"type\":\"FeatureCollection\",\"numberMatched\":{},\"numberReturned\":{},\"features\":[{}],\"links\":{}}}",
            self.effectif,
            self.page.nombre(),
            self.page.objets(),
            Value::Array(liens)
        )
    }

    /// A table, without the geometries.
    pub fn tableau(&self) -> Markup {
        let objets: Vec<Value> =
            serde_json::from_str(&format!("[{}]", self.page.objets())).unwrap_or_default();
        let [precedente, suivante] = self.voisines();
        html! {
            p { (self.effectif) " objets répondent à la question ; " (self.page.nombre()) " sur cette page." }
            div.defile { table {
                thead { tr { @for champ in &self.collection.champs {
                    th scope="col" title=[champ.description.as_deref()] { (champ.titre) }
                } } }
                tbody { @for objet in &objets { tr {
                    @for (rang, champ) in self.collection.champs.iter().enumerate() {
                        td {
                            @let texte = lisible(valeur(objet, champ));
                            @if rang == 0 {
                                a href={ (self.adresses.de(&self.chemin())) "/" (segment(&texte)) "?f=html" } { (texte) }
                            } @else { (texte) }
                        }
                    }
                } } }
            } }
            p {
                @if let Some(adresse) = precedente { a rel="prev" href=(adresse) { "Page précédente" } " " }
                @if let Some(adresse) = suivante { a rel="next" href=(adresse) { "Page suivante" } }
            }
        }
    }
}

/// One feature, field by field.
pub fn fiche(collection: &Collection, objet: &str) -> Markup {
    let objet: Value = serde_json::from_str(objet).unwrap_or_default();
    html! { dl { @for champ in &collection.champs {
        dt { (champ.titre) }
        dd { (lisible(valeur(&objet, champ))) }
    } } }
}

/// The identifier is the feature's own.
fn valeur<'o>(objet: &'o Value, champ: &Champ) -> &'o Value {
    if champ.nom == "id" { &objet["id"] } else { &objet["properties"][&champ.nom] }
}

fn lisible(valeur: &Value) -> String {
    match valeur {
        Value::Null => String::new(),
        Value::String(texte) => texte.clone(),
        Value::Bool(vrai) => if *vrai { "oui" } else { "non" }.to_owned(),
        autre => autre.to_string(),
    }
}
