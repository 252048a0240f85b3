//! What a réseau says of itself in `reseau.toml`.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{ContexteFichier, Error, Result};
use crate::territoires::{Maille, Millesime};

/// Contrast that text of the réseau's colour must have on white (WCAG 2.2, level AA).
const CONTRASTE_MINIMAL: f64 = 4.5;

/// Its keys are written in this order; those of the tables come last, as TOML wants.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    pub code: String,
    pub nom: String,
    pub nom_court: Option<String>,
    pub departement: Option<String>,
    /// The year its figures speak of.
    pub annee: i16,
    /// That of its codes: communes are counted as they were on that 1 January.
    pub millesime: i16,
    #[serde(default)]
    pub demonstration: bool,
    pub mention: Option<String>,
    /// A sentence that may end with its address in brackets.
    pub source: Option<String>,
    pub couleur: Option<String>,
    #[serde(default = "oui")]
    pub public: bool,
    pub presentation: Option<String>,
    /// For whom the help is meant, and who may open the SIG, in the réseau's words.
    pub destinataires: Option<String>,
    pub sig: Option<String>,
    /// What its documents count: kept beside what is counted here.
    pub partenaires_annonces: Option<i16>,
    pub fiches_annoncees: Option<i16>,
    /// Share of a commune's surface from which a drawn zone covers it.
    #[serde(default = "moitie")]
    pub seuil_couverture: f64,
    /// How long contacts are kept, in months.
    #[serde(default = "trois_ans")]
    pub conservation_mois: i16,
    /// How long it is kept who wrote what, in months.
    #[serde(default = "deux_ans")]
    pub journal_mois: i16,
    /// Under how many demandes a count is not published; 0: all are. What the coordinator chose stays when the folder
    /// says nothing.
    pub seuil_publication: Option<i16>,
    /// Whether its partners see each other's demandes: theme, fiche, year and state; never contacts.
    #[serde(default)]
    pub partenaires_se_voient: bool,
    /// Sites that may show its map in a frame, and whose pages may read its answers (https://exemple.fr).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cadres: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origines: Vec<String>,
    pub guichet: Option<Guichet>,
    /// The millésime that a year's figures are counted in, where it is not `millesime`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub millesimes: BTreeMap<String, i16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub etapes: Vec<Etape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bilans: Vec<BilanDeclare>,
}

/// A step of the réseau; a document may give its year, or not.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Etape {
    annee: Option<i16>,
    nom: String,
    description: Option<String>,
}

/// A year's figures as a document states them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BilanDeclare {
    annee: i16,
    demandes: Option<i32>,
    communes_servies: Option<i32>,
    communes: Option<i32>,
    epci: Option<i32>,
    texte: Option<String>,
}

/// Where a mayor is received when no partner covers the commune.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Guichet {
    pub nom: String,
    pub site: Option<String>,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
}

fn oui() -> bool {
    true
}

fn moitie() -> f64 {
    0.5
}

/// Whether this is what browsers call an origin: a scheme and a host, perhaps a port.
pub fn est_site(site: &str) -> bool {
    let hote = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    hote.is_some_and(|hote| {
        !hote.is_empty() && hote.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
    })
}

fn deux_ans() -> i16 {
    24
}

fn trois_ans() -> i16 {
    36
}

impl Declaration {
    pub fn lire(chemin: &Path) -> Result<Self> {
        if !chemin.is_file() {
            return Err(Error::Donnees(format!(
                "Il manque {} : c'est le fichier qui dit le code, le nom et l'année du réseau.",
                chemin.display()
            )));
        }
        let texte = std::fs::read_to_string(chemin)
            .pour_fichier("lecture de la déclaration du réseau", chemin)?;
        let mut declaration = Self::parse(&texte)?;
        declaration.couleur = declaration.couleur.map(|couleur| couleur.to_lowercase());
        Ok(declaration)
    }

    fn parse(texte: &str) -> Result<Self> {
        let declaration: Self = toml::from_str(texte).map_err(|erreur| {
            let avant = erreur.span().and_then(|etendue| texte.get(..etendue.start)).unwrap_or_default();
            Error::Donnees(format!(
                "reseau.toml, ligne {} : le texte ne se lit pas ({}). Corrigez-le, puis relancez : rien \
                 n'a été changé.",
                avant.matches('\n').count() + 1,
                erreur.message()
            ))
        })?;
        declaration.verifier()?;
        Ok(declaration)
    }

    fn verifier(&self) -> Result<()> {
        let refuser = |raison: String| Err(Error::Donnees(format!("reseau.toml : {raison}")));
        if !est_identifiant(&self.code) {
            return refuser(format!(
                "le code « {} » doit être fait de lettres minuscules sans accent, de chiffres et de tirets.",
                self.code
            ));
        }
        if self.nom.trim().is_empty() {
            return refuser("le nom est vide.".into());
        }
        Millesime::new(self.millesime)?;
        Millesime::new(self.annee)?;
        if !(self.seuil_couverture > 0.0 && self.seuil_couverture <= 1.0) {
            return refuser(format!(
                "seuil_couverture vaut {} : c'est une part de la surface d'une commune, entre 0 (exclu) et 1.",
                self.seuil_couverture
            ));
        }
        if !(1..=120).contains(&self.conservation_mois) {
            return refuser(format!(
                "conservation_mois vaut {} : les contacts se gardent de 1 à 120 mois.",
                self.conservation_mois
            ));
        }
        if self.seuil_publication.is_some_and(|seuil| seuil != 0 && !(3..=20).contains(&seuil)) {
            return refuser(
                "seuil_publication : de 3 à 20 demandes, ou 0 pour tout publier.".to_owned(),
            );
        }
        if let Some(site) = self.cadres.iter().chain(&self.origines).find(|site| !est_site(site)) {
            return refuser(format!(
                "« {site} » n'est pas un site : écrivez https:// et son nom, sans chemin (https://exemple.fr)."
            ));
        }
        if !(6..=120).contains(&self.journal_mois) {
            return refuser(format!(
                "journal_mois vaut {} : le journal se garde de 6 à 120 mois.",
                self.journal_mois
            ));
        }
        for (annee, millesime) in &self.millesimes {
            let lisible = annee.parse().is_ok_and(|annee: i16| (1943..=2100).contains(&annee));
            if !lisible {
                return refuser(format!("[millesimes] : « {annee} » n'est pas une année."));
            }
            Millesime::new(*millesime)?;
        }
        let mut annees = HashSet::new();
        for bilan in &self.bilans {
            Millesime::new(bilan.annee)?;
            if !annees.insert(bilan.annee) {
                return refuser(format!("l'année {} a deux bilans : gardez-en un.", bilan.annee));
            }
        }
        if let Some(departement) = &self.departement {
            Maille::Departement.code(departement)?;
        }
        if self.demonstration && self.mention.is_none() {
            return refuser(
                "des données de démonstration doivent le dire : ajoutez une mention.".into(),
            );
        }
        if let Some(site) = self.guichet.as_ref().and_then(|guichet| guichet.site.as_ref())
            && !est_adresse(site)
        {
            return refuser(format!("« {site} » doit commencer par https:// ou http://."));
        }
        if let Some(courriel) = self.guichet.as_ref().and_then(|guichet| guichet.courriel.as_ref())
            && !est_courriel(courriel)
        {
            return refuser(format!("« {courriel} » n'est pas une adresse électronique."));
        }
        match self.couleur.as_deref().map(juger_couleur) {
            Some(Err(raison)) => refuser(format!("la couleur {raison}")),
            _ => Ok(()),
        }
    }

    pub fn nom_court(&self) -> &str {
        self.nom_court.as_deref().unwrap_or(&self.nom)
    }

    /// The source's name, and the address that it ends with.
    pub fn source(&self) -> (Option<&str>, Option<&str>) {
        let Some(source) = self.source.as_deref() else { return (None, None) };
        source
            .strip_suffix(')')
            .and_then(|debut| debut.rsplit_once('('))
            .filter(|(_, adresse)| est_adresse(adresse))
            .map_or((Some(source), None), |(nom, adresse)| (Some(nom.trim_end()), Some(adresse)))
    }
}

/// Lower-case ASCII letters, digits and hyphens: what names a thing in files and addresses.
pub fn est_identifiant(texte: &str) -> bool {
    texte.starts_with(|lettre: char| lettre.is_ascii_lowercase() || lettre.is_ascii_digit())
        && texte
            .bytes()
            .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
}

/// A link that a page may follow.
pub fn est_adresse(texte: &str) -> bool {
    (texte.starts_with("https://") || texte.starts_with("http://"))
        && !texte.contains(|lettre: char| lettre.is_whitespace() || lettre.is_control())
}

/// Something that has the form of an e-mail address; only a message tells whether somebody reads it.
pub fn est_courriel(texte: &str) -> bool {
    let interdit = |lettre: char| {
        lettre.is_whitespace() || lettre.is_control() || "<>(),;:\\\"[]".contains(lettre)
    };
    texte.len() <= 254
        && !texte.contains(interdit)
        && texte.split_once('@').is_some_and(|(nom, hote)| {
            !nom.is_empty()
                && !hote.contains('@')
                && hote.contains('.')
                && !hote.starts_with('.')
                && !hote.ends_with('.')
        })
}

/// That text of a colour can be read on white; else why not, to follow « la couleur ».
pub fn juger_couleur(couleur: &str) -> Result<(), String> {
    match contraste_sur_blanc(couleur) {
        None => Err(format!("« {couleur} » doit s'écrire #rrggbb.")),
        Some(contraste) if contraste < CONTRASTE_MINIMAL => Err(format!(
            "« {couleur} » est trop claire pour se lire sur du blanc (contraste {}, il en faut {}). Choisissez-en \
             une plus sombre.",
            format!("{contraste:.1}").replace('.', ","),
            CONTRASTE_MINIMAL.to_string().replace('.', ",")
        )),
        Some(_) => Ok(()),
    }
}

/// Contrast ratio of a colour `#rrggbb` against white, as WCAG defines it: (1 + 0.05) over the
/// colour's relative luminance plus 0.05. Black has 21, white 1.
fn contraste_sur_blanc(couleur: &str) -> Option<f64> {
    let chiffres = couleur.strip_prefix('#').filter(|chiffres| chiffres.len() == 6)?;
    let canal = |rang: usize| -> Option<f64> {
        let valeur = f64::from(u8::from_str_radix(chiffres.get(rang..rang + 2)?, 16).ok()?) / 255.0;
        Some(if valeur <= 0.04045 { valeur / 12.92 } else { ((valeur + 0.055) / 1.055).powf(2.4) })
    };
    let luminance = 0.2126 * canal(0)? + 0.7152 * canal(2)? + 0.0722 * canal(4)?;
    Some(1.05 / (luminance + 0.05))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMALE: &str = "code = 'x'\nnom = 'X'\nannee = 2018\nmillesime = 2019\n";

    #[test]
    fn a_broken_declaration_says_its_line() {
        let erreur = Declaration::parse("code = 'x'\nnom = \n").unwrap_err().to_string();
        assert!(erreur.contains("ligne 2"), "{erreur}");
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        assert!(Declaration::parse(&format!("{MINIMALE}nmo_court = 'Y'")).is_err());
    }

    #[test]
    fn demonstration_data_must_say_so() {
        assert!(Declaration::parse(&format!("{MINIMALE}demonstration = true")).is_err());
    }

    #[test]
    fn a_colour_too_light_to_read_is_refused() {
        assert!(Declaration::parse(&format!("{MINIMALE}couleur = '#6b4a8e'")).is_ok());
        assert!(Declaration::parse(&format!("{MINIMALE}couleur = '#ffcc00'")).is_err());
        assert!((contraste_sur_blanc("#000000").unwrap() - 21.0).abs() < 1e-9);
    }

    #[test]
    fn source_gives_up_its_address() {
        let declaration =
            Declaration::parse(&format!("{MINIMALE}source = 'Un document (https://x.fr/)'"));
        assert_eq!(declaration.unwrap().source(), (Some("Un document"), Some("https://x.fr/")));
    }
}
