//! A tree of XML, and the few forms that QGIS writes everywhere in its own.

use std::fmt::Display;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::error::{Error, Result};

/// An element, with its attributes in the order in which they were given.
#[derive(Debug, Clone)]
pub struct Noeud {
    nom: &'static str,
    attributs: Vec<(&'static str, String)>,
    enfants: Vec<Noeud>,
    texte: Option<String>,
}

impl Noeud {
    pub fn nouveau(nom: &'static str) -> Self {
        Self { nom, attributs: Vec::new(), enfants: Vec::new(), texte: None }
    }

    /// An element with nothing but text.
    pub fn dit(nom: &'static str, texte: impl Display) -> Self {
        Self { texte: Some(permis(&texte.to_string())), ..Self::nouveau(nom) }
    }

    pub fn avec(mut self, nom: &'static str, valeur: impl Display) -> Self {
        self.attributs.push((nom, permis(&valeur.to_string())));
        self
    }

    /// Many attributes whose values are fixed.
    pub fn fixe<const N: usize>(self, attributs: [(&'static str, &str); N]) -> Self {
        attributs.into_iter().fold(self, |noeud, (nom, valeur)| noeud.avec(nom, valeur))
    }

    pub fn tient(mut self, enfants: impl IntoIterator<Item = Self>) -> Self {
        self.enfants.extend(enfants);
        self
    }

    /// The whole document, in UTF-8, with what it declares itself to be.
    pub fn document(&self, genre: &str) -> Result<Vec<u8>> {
        let mut plume = Writer::new_with_indent(Vec::new(), b' ', 1);
        let ecrire = |plume: &mut Writer<Vec<u8>>| {
            plume.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
            plume.write_event(Event::DocType(BytesText::from_escaped(genre)))?;
            self.ecrire(plume)
        };
        ecrire(&mut plume).map_err(|source: std::io::Error| Error::Fichier {
            action: "écriture d'un projet QGIS",
            chemin: genre.into(),
            source,
        })?;
        Ok(plume.into_inner())
    }

    fn ecrire(&self, plume: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let mut debut = BytesStart::new(self.nom);
        for (nom, valeur) in &self.attributs {
            debut.push_attribute((*nom, valeur.as_str()));
        }
        if self.enfants.is_empty() && self.texte.is_none() {
            return plume.write_event(Event::Empty(debut));
        }
        plume.write_event(Event::Start(debut))?;
        if let Some(texte) = &self.texte {
            plume.write_event(Event::Text(BytesText::new(texte)))?;
        }
        for enfant in &self.enfants {
            enfant.ecrire(plume)?;
        }
        plume.write_event(Event::End(BytesEnd::new(self.nom)))
    }
}

/// XML has no form, even escaped, for most control characters: they are left out.
fn permis(texte: &str) -> String {
    let interdit = |c: char| {
        (c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r'))
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    texte.chars().filter(|c| !interdit(*c)).collect()
}

/// A value of QGIS's own form for settings.
pub fn option(nom: &str, genre: &str, valeur: impl Display) -> Noeud {
    Noeud::nouveau("Option").avec("type", genre).avec("value", valeur).avec("name", nom)
}

/// Settings under a name, or the outermost ones.
pub fn options(nom: Option<&str>, valeurs: impl IntoIterator<Item = Noeud>) -> Noeud {
    let carte = Noeud::nouveau("Option").avec("type", "Map");
    match nom {
        Some(nom) => carte.avec("name", nom),
        None => carte,
    }
    .tient(valeurs)
}

/// Properties worked out by an expression for each feature: `(property, expression)`.
pub fn proprietes(nom: &'static str, expressions: &[(&str, String)]) -> Noeud {
    let actives = expressions.iter().map(|(propriete, expression)| {
        let valeurs = [
            option("active", "bool", "true"),
            option("expression", "QString", expression),
            option("type", "int", 3),
        ];
        options(Some(propriete), valeurs)
    });
    let valeurs = [
        option("name", "QString", ""),
        options(Some("properties"), actives),
        option("type", "QString", "collection"),
    ];
    Noeud::nouveau(nom).tient([options(None, valeurs)])
}

/// A text as an expression of QGIS writes it.
pub fn citer(texte: &str) -> String {
    format!("'{}'", texte.replace('\\', "\\\\").replace('\'', "''"))
}

/// A text in which QGIS finds nothing to work out: it does so between `[%` and `%]`, in layouts and in legends.
pub fn sans_calcul(texte: &str) -> String {
    texte.replace("[%", "[ %")
}

/// A colour `#rrggbb`, opaque unless told, as QGIS writes it.
pub fn couleur(hexa: &str, opacite: f64) -> String {
    let canal = |i: usize| {
        hexa.get(i..i + 2).and_then(|canal| u8::from_str_radix(canal, 16).ok()).unwrap_or_default()
    };
    format!("{},{},{},{:.0}", canal(1), canal(3), canal(5), opacite * 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hostile_in_a_name_is_escaped_or_left_out() {
        let noeud = Noeud::nouveau("a")
            .avec("n", "x\" onload='y'<b>&\u{1}")
            .tient([Noeud::dit("b", "</a> ]]> \u{0}&amp;")]);
        let document = String::from_utf8(noeud.document("qgis").unwrap()).unwrap();
        assert_eq!(
            document,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE qgis>\n\
             <a n=\"x&quot; onload=&apos;y&apos;&lt;b&gt;&amp;\">\n <b>&lt;/a&gt; ]]&gt; &amp;amp;</b>\n</a>"
        );
        assert_eq!(citer("l'eau \\ d'ici"), "'l''eau \\\\ d''ici'");
    }

    #[test]
    fn colours_are_written_channel_by_channel() {
        assert_eq!(couleur("#41b6c4", 1.0), "65,182,196,255");
        assert_eq!(couleur("#ffffff", 0.5), "255,255,255,128");
    }
}
