//! The logo of a réseau, judged before it is kept: a drawing that neither runs nor fetches anything, or a picture.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use resvg::usvg;
use serde::{Deserialize, Serialize};

use super::Faute;

/// Heaviest logo, in bytes.
pub const OCTETS_MAX: usize = 500_000;
/// Widest and tallest picture, in pixels.
const PIXELS_MAX: u32 = 4_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    pub genre: GenreDeLogo,
    /// What it says, for whoever does not see it.
    pub texte: String,
    #[serde(with = "en_base64")]
    pub octets: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenreDeLogo {
    Svg,
    Png,
}

/// Bytes as JSON holds them.
mod en_base64 {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(octets))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl GenreDeLogo {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// Media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }
}

impl Logo {
    /// # Errors
    /// Why it is refused, and what to do.
    pub fn juger(nom: &str, octets: &[u8]) -> Result<Self, Faute> {
        let (genre, juge) = if nom.ends_with(".svg") {
            (GenreDeLogo::Svg, dessin(octets))
        } else {
            (GenreDeLogo::Png, image(octets).map_err(|phrase| (None, phrase)))
        };
        let faute = |(ligne, phrase)| Faute { fichier: nom.to_owned(), ligne, phrase };
        if octets.len() > OCTETS_MAX {
            let phrase = format!(
                "ce logo a {} Ko, et {} au plus. Réduisez-le.",
                octets.len() / 1000,
                OCTETS_MAX / 1000
            );
            return Err(faute((None, phrase)));
        }
        juge.map_err(faute)?;
        Ok(Self { genre, texte: String::new(), octets: octets.to_vec() })
    }
}

type Refus = (Option<usize>, String);

/// A drawing: elements that draw, and references to itself alone.
fn dessin(octets: &[u8]) -> Result<(), Refus> {
    let texte = std::str::from_utf8(octets).map_err(|_| {
        (None, "ce dessin n'est pas en UTF-8. Enregistrez-le de nouveau.".to_owned())
    })?;
    let mut lecteur = Reader::from_str(texte);
    let (mut profondeur, mut dans_un_style) = (0_usize, false);
    loop {
        let place = usize::try_from(lecteur.buffer_position()).unwrap_or_default();
        let ligne = texte.get(..place).unwrap_or_default().matches('\n').count() + 1;
        let refus = |phrase: String| (Some(ligne), phrase);
        let evenement = lecteur.read_event().map_err(|_| {
            refus("ce dessin ne se lit pas : une balise est mal fermée. Exportez-le de nouveau en SVG.".into())
        })?;
        match evenement {
            Event::Start(balise) => {
                element(&balise).map_err(refus)?;
                profondeur += 1;
                dans_un_style = balise.local_name().as_ref() == "style";
                if profondeur > 60 {
                    return Err(refus(
                        "ce dessin a trop de groupes les uns dans les autres. Aplatissez-le."
                            .into(),
                    ));
                }
            }
            Event::Empty(balise) => element(&balise).map_err(refus)?,
            Event::End(_) => {
                profondeur = profondeur.saturating_sub(1);
                dans_un_style = false;
            }
            Event::Text(mots) if dans_un_style => {
                let mots: &str = &mots;
                if ailleurs(mots) || mots.contains('@') {
                    return Err(refus(AILLEURS.into()));
                }
            }
            Event::CData(_) | Event::DocType(_) => {
                return Err(refus(
                    "ce dessin a une déclaration (DOCTYPE, CDATA) qui n'est pas admise. Exportez-le en SVG simple.".into(),
                ));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let options = usvg::Options { image_href_resolver: sans_image(), ..usvg::Options::default() };
    let arbre = usvg::Tree::from_data(octets, &options).map_err(|_| {
        (
            None,
            "ce dessin n'est pas un SVG, ou n'a pas de taille (width, height ou viewBox)."
                .to_owned(),
        )
    })?;
    if !arbre.root().has_children() {
        return Err((
            None,
            "ce dessin est vide : rien n'y est tracé. Exportez-le de nouveau.".into(),
        ));
    }
    Ok(())
}

/// No picture is fetched, nor read inside a drawing.
fn sans_image() -> usvg::ImageHrefResolver<'static> {
    usvg::ImageHrefResolver {
        resolve_data: Box::new(|_, _, _| None),
        resolve_string: Box::new(|_, _| None),
    }
}

const AILLEURS: &str = "ce dessin va chercher quelque chose ailleurs (une adresse, une police, une image). Un logo contient tout \
    ce qu'il montre : vectorisez-le, puis exportez-le en SVG simple.";

fn element(balise: &BytesStart<'_>) -> Result<(), String> {
    let nom = balise.local_name().as_ref().to_ascii_lowercase();
    match nom.as_str() {
        "script" | "foreignobject" | "iframe" | "a" | "set" | "handler" | "listener" => {
            return Err(format!("l'élément « {nom} » n'est pas admis dans un logo. Retirez-le."));
        }
        nom if nom.starts_with("animate") => {
            return Err("un logo ne bouge pas : retirez l'animation.".into());
        }
        "image" | "feimage" => {
            return Err(
                "ce dessin contient une image. Donnez-la en logo.png, ou vectorisez-la.".into()
            );
        }
        "text" | "font" | "font-face" => {
            return Err(
                "ce dessin contient du texte, qui dépend d'une police. Changez le texte en tracés, puis exportez.".into(),
            );
        }
        _ => {}
    }
    for attribut in balise.attributes() {
        let attribut = attribut
            .map_err(|_| "un attribut est mal écrit. Exportez le dessin de nouveau.".to_owned())?;
        let cle = attribut.key.local_name().as_ref().to_ascii_lowercase();
        let valeur = attribut.value.to_ascii_lowercase();
        if cle.starts_with("on") {
            return Err(format!("l'attribut « {cle} » lance un programme. Retirez-le."));
        }
        if (cle == "href" && !valeur.trim_start().starts_with('#'))
            || ailleurs(&valeur)
            || valeur.contains('&')
        {
            return Err(AILLEURS.into());
        }
    }
    Ok(())
}

/// Whether a style reaches out of the drawing.
fn ailleurs(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    style.contains("@import")
        || style.contains("javascript:")
        || style.contains("expression(")
        || style.contains('\\')
        || style.match_indices("url(").any(|(place, _)| {
            !style[place + 4..].trim_start_matches([' ', '"', '\'']).starts_with('#')
        })
}

/// A PNG, whole, of a size that is printed.
fn image(octets: &[u8]) -> Result<(), String> {
    let refus = || {
        "ce n'est pas une image PNG entière. Enregistrez-la de nouveau dans ce format.".to_owned()
    };
    let mut reste = octets.strip_prefix(b"\x89PNG\r\n\x1a\n").ok_or_else(refus)?;
    let mut premier = true;
    loop {
        let longueur = u32::from_be_bytes(*reste.first_chunk().ok_or_else(refus)?) as usize;
        let genre = reste.get(4..8).ok_or_else(refus)?;
        let donnees = reste.get(8..8 + longueur).ok_or_else(refus)?;
        if premier {
            let cote = |place: usize| {
                donnees
                    .get(place..place + 4)
                    .and_then(|cote| cote.try_into().ok())
                    .map(u32::from_be_bytes)
            };
            let (Some(largeur), Some(hauteur), b"IHDR") = (cote(0), cote(4), genre) else {
                return Err(refus());
            };
            if largeur == 0 || hauteur == 0 || largeur.max(hauteur) > PIXELS_MAX {
                return Err(format!(
                    "cette image a {largeur} × {hauteur} pixels : {PIXELS_MAX} de côté au plus. Réduisez-la."
                ));
            }
            premier = false;
        }
        if genre == b"IEND" {
            return Ok(());
        }
        reste = reste.get(12 + longueur..).ok_or_else(refus)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(dedans: &str) -> Result<Logo, Faute> {
        let texte = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\">\n{dedans}\n</svg>"
        );
        Logo::juger("logo.svg", texte.as_bytes())
    }

    #[test]
    fn a_drawing_that_only_draws_is_taken() {
        let dessin = "<defs><linearGradient id=\"a\"><stop offset=\"0\"/></linearGradient></defs>\
            <style>.b { fill: url(#a) }</style><path class=\"b\" d=\"M0 0h9v9z\"/>";
        assert_eq!(svg(dessin).unwrap().genre, GenreDeLogo::Svg);
    }

    #[test]
    fn a_drawing_that_runs_or_fetches_is_refused_with_its_line() {
        for dedans in [
            "<script>alert(1)</script>",
            "<path onload=\"x()\" d=\"M0 0h9v9z\"/>",
            "<image href=\"https://exemple.fr/a.png\"/>",
            "<use xlink:href=\"https://exemple.fr/a.svg#b\"/>",
            "<style>@import url(https://exemple.fr/a.css);</style>",
            "<path style=\"fill: url( 'https://exemple.fr/a')\" d=\"M0 0h9v9z\"/>",
            "<foreignObject><p/></foreignObject>",
            "<text>Réseau</text>",
        ] {
            let faute = svg(&format!("<path d=\"M0 0h9v9z\"/>\n{dedans}")).expect_err(dedans);
            assert_eq!(faute.ligne, Some(3), "{dedans} {faute}");
        }
        assert!(svg("").is_err_and(|faute| faute.phrase.contains("vide")));
        assert!(Logo::juger("logo.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>").is_err());
    }

    #[test]
    fn a_picture_is_whole_and_of_a_printed_size() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0CRC0\0\0\0\0IENDCRC0".to_vec();
        assert!(Logo::juger("logo.png", &png).is_ok());
        assert!(Logo::juger("logo.png", &png[..40]).is_err());
        png[17] = 0xff;
        assert!(Logo::juger("logo.png", &png).is_err_and(|faute| faute.phrase.contains("pixels")));
        assert!(Logo::juger("logo.png", b"GIF89a").is_err());
    }
}
