//! The background of the map, when the settings name one: a MapLibre style, or an address of images with `{z}/{x}/{y}`.
//! None by default: the page then asks nothing of any other host.

use std::sync::Arc;

use maud::html;

use crate::config::Fond;
use crate::error::{Error, Result};

#[derive(Debug, Clone)]
pub struct FondDeCarte(Arc<Partie>);

#[derive(Debug)]
struct Partie {
    adresse: String,
    attribution: Option<String>,
    /// Scheme and host of what it is made of: the page may ask these, and no other.
    hotes: Vec<String>,
}

impl FondDeCarte {
    /// # Errors
    /// An address that is not one, or whose host cannot stand in a header.
    pub fn nouveau(fond: &Fond) -> Result<Option<Self>> {
        let Some(adresse) = &fond.fond else { return Ok(None) };
        let hotes = std::iter::once(adresse)
            .chain(&fond.hotes)
            .map(|adresse| origine(adresse))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| {
                Error::Installation(format!(
                    "Le fond de carte « {adresse} » ou l'un de ses hôtes ne se lit pas : donnez des adresses \
                     entières, comme https://exemple.fr/style.json."
                ))
            })?;
        let partie =
            Partie { adresse: adresse.clone(), attribution: fond.attribution.clone(), hotes };
        Ok(Some(Self(Arc::new(partie))))
    }

    /// What the Content-Security-Policy admits beside this service.
    pub fn hotes(&self) -> &[String] {
        &self.0.hotes
    }

    /// How the page is told.
    pub fn entete(&self) -> String {
        html! {
            meta name="maillage-fond" content=(self.0.adresse)
                data-attribution=[self.0.attribution.as_deref()] data-hotes=(self.0.hotes.join(" "));
        }
        .into_string()
    }
}

/// `https://exemple.fr:8443`, of an address; none of what could not stand in a header as it is.
fn origine(adresse: &str) -> Option<String> {
    let (schema, reste) = adresse.split_once("://")?;
    let hote = reste.split(['/', '?', '#']).next()?;
    let lisible = !hote.is_empty()
        && hote
            .bytes()
            .all(|o| o.is_ascii_alphanumeric() || matches!(o, b'.' | b'-' | b':' | b'[' | b']'));
    (matches!(schema, "http" | "https") && lisible).then(|| format!("{schema}://{hote}"))
}

#[cfg(test)]
mod tests {
    use super::origine;

    #[test]
    fn a_background_admits_its_host_and_no_more() {
        assert_eq!(
            origine("https://data.geopf.fr/wmts?TILEMATRIX={z}"),
            Some("https://data.geopf.fr".into())
        );
        assert_eq!(
            origine("http://127.0.0.1:9000/{z}/{x}/{y}.png"),
            Some("http://127.0.0.1:9000".into())
        );
        for fausse in [
            "plan-ign",
            "https://",
            "javascript://x",
            "https://a b/",
            "https://*.fr/",
            "https://x;script-src/",
        ] {
            assert_eq!(origine(fausse), None, "{fausse}");
        }
    }
}
