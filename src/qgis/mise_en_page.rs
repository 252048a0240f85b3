//! The print layout: an A4 landscape with title, map, legend, scale, north, sources and millésime.

use super::couche::{Couche, groupe, sans_reglage};
use super::etiquettes::POLICE;
use super::noeud::{Noeud, couleur, sans_calcul};
use super::sujet::Sujet;

/// Millimetres: from the left, from the top, width, height.
type Cadre = [f64; 4];

const PAGE: Cadre = [0.0, 0.0, 297.0, 210.0];
const CARTE: Cadre = [10.0, 28.0, 205.0, 156.0];
const ENCRE: &str = "#23211d";
const DISCRET: &str = "#5c5648";
/// An arrow that needs no file: the item carries it.
const NORD: &str = include_str!("images/nord.svg");

const ID_CARTE: &str = "{00000000-0000-4000-8000-000000000001}";

/// What QGIS numbers its items by.
#[derive(Debug, Clone, Copy)]
enum Genre {
    Page = 65638,
    Carte = 65639,
    Image = 65640,
    Texte = 65641,
    Legende = 65642,
    Echelle = 65646,
}

/// Builds the layout. `legende` is the layer whose classes are shown, `papier` what is under the map.
pub fn mise_en_page(sujet: &Sujet, legende: Option<&Couche>, papier: &str) -> Noeud {
    let page = Noeud::nouveau("PageCollection").tient([objet(Genre::Page, "page", 0, PAGE)]);
    let mut objets = vec![carte(sujet, papier)];
    objets.extend(textes(sujet));
    objets.extend(legende.map(cadre_de_legende));
    objets.extend([echelle(), nord()]);
    Noeud::nouveau("Layout")
        .avec("name", NOM)
        .fixe([("units", "mm"), ("printResolution", "300"), ("worldFileMap", ID_CARTE)])
        .tient([page])
        .tient(objets)
}

/// What QGIS lists it as.
pub const NOM: &str = "Couverture, A4 paysage";

/// An item; of two that meet, the one of higher `rang` is over the other.
fn objet(genre: Genre, id: &str, rang: u8, [x, y, largeur, hauteur]: Cadre) -> Noeud {
    let uuid = format!("{{00000000-0000-4000-8000-0000000000{rang:02}}}");
    Noeud::nouveau("LayoutItem")
        .avec("type", genre as u32)
        .avec("uuid", &uuid)
        .avec("templateUuid", &uuid)
        .avec("id", id)
        .avec("position", format!("{x},{y},mm"))
        .avec("positionOnPage", format!("{x},{y},mm"))
        .avec("size", format!("{largeur},{hauteur},mm"))
        .avec("zValue", rang)
        .fixe([
            ("referencePoint", "0"),
            ("visibility", "1"),
            ("positionLock", "false"),
            ("frameJoinStyle", "miter"),
            ("outlineWidthM", "0.2,mm"),
            ("opacity", "1"),
            ("itemRotation", "0"),
            ("groupUuid", ""),
            ("excludeFromExports", "0"),
        ])
}

fn teinte(nom: &'static str, hexa: &str) -> Noeud {
    let lu = couleur(hexa, 1.0);
    let mut canaux = lu.split(',');
    ["red", "green", "blue", "alpha"].into_iter().fold(Noeud::nouveau(nom), |noeud, canal| {
        noeud.avec(canal, canaux.next().unwrap_or_default())
    })
}

fn carte(sujet: &Sujet, papier: &str) -> Noeud {
    let [ouest, sud, est, nord] = au_format(sujet.emprise, CARTE[2] / CARTE[3]);
    objet(Genre::Carte, "Carte", 1, CARTE)
        .fixe([
            ("frame", "true"),
            ("background", "true"),
            ("followPreset", "false"),
            ("keepLayerSet", "false"),
            ("mapRotation", "0"),
            ("mapFlags", "0"),
            ("drawCanvasItems", "true"),
        ])
        .tient([
            teinte("FrameColor", DISCRET),
            teinte("BackgroundColor", papier),
            Noeud::nouveau("Extent")
                .avec("xmin", ouest)
                .avec("ymin", sud)
                .avec("xmax", est)
                .avec("ymax", nord),
            Noeud::nouveau("LayerSet"),
        ])
}

/// The least box of this ratio, width to height, that holds a box and a margin around it.
pub fn au_format([ouest, sud, est, nord]: [f64; 4], rapport: f64) -> [f64; 4] {
    const MARGE: f64 = 1.06;
    let (x, y) = ((ouest + est) / 2.0, (sud + nord) / 2.0);
    let hauteur = ((nord - sud) * MARGE).max((est - ouest) * MARGE / rapport);
    let largeur = hauteur * rapport;
    [x - largeur / 2.0, y - hauteur / 2.0, x + largeur / 2.0, y + hauteur / 2.0].map(f64::round)
}

fn textes(sujet: &Sujet) -> Vec<Noeud> {
    let reseau = &sujet.reseau;
    let annee = reseau.annee;
    let sous_titre = format!(
        "{} — combien de partenaires peuvent aider chaque commune, au 31 décembre {annee}",
        reseau.nom
    );
    let sources = sujet.mentions.iter().map(|mention| format!("{mention}."));
    let mut pied = vec![format!("Zones d’intervention : {}, année {annee}.", reseau.nom)];
    pied.extend(sujet.avertissement());
    pied.extend(sources);
    let edition = &sujet.edition;
    let contours = edition.millesime_contours.unwrap_or(edition.millesime);
    let methode = format!(
        "Classes : {}.\nCodes : millésime {}. Contours : millésime {contours}.",
        sujet.classement.methode, edition.millesime
    );
    vec![
        texte("Titre", 2, [10.0, 8.0, 277.0, 9.0], &sujet.titre(), 20, ENCRE),
        texte("Sous-titre", 3, [10.0, 18.0, 277.0, 7.0], &sous_titre, 11, DISCRET),
        texte("Sources", 4, [10.0, 187.0, 205.0, 17.0], &pied.join(" "), 7, DISCRET),
        texte("Millésime", 5, [220.0, 150.0, 67.0, 14.0], &methode, 8, DISCRET),
        date(),
    ]
}

/// The only text that QGIS works out: the day of the print.
fn date() -> Noeud {
    let imprime = "Imprimé le [% format_date(now(), 'd MMMM yyyy', 'fr') %]";
    brut("Date", 6, [220.0, 197.0, 67.0, 6.0], imprime, 8, DISCRET)
}

/// A text of ours or of the data, as it is.
fn texte(id: &str, rang: u8, cadre: Cadre, texte: &str, corps: u8, encre: &str) -> Noeud {
    brut(id, rang, cadre, &sans_calcul(texte), corps, encre)
}

fn brut(id: &str, rang: u8, cadre: Cadre, texte: &str, corps: u8, encre: &str) -> Noeud {
    objet(Genre::Texte, id, rang, cadre)
        .avec("labelText", texte)
        .fixe([
            ("htmlState", "0"),
            ("halign", "1"),
            ("valign", "32"),
            ("marginX", "0"),
            ("marginY", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
        .tient([
            Noeud::nouveau("LabelFont").avec("description", police(corps)).avec("style", ""),
            teinte("FontColor", encre),
        ])
}

/// A font of so many points, in Qt's words: whichever without serif the machine has.
fn police(corps: u8) -> String {
    format!("{POLICE},{corps},-1,5,50,0,0,0,0,0")
}

fn cadre_de_legende(couche: &Couche) -> Noeud {
    let styles = [("title", 11, "2"), ("group", 9, "2"), ("subgroup", 9, "2"), ("symbol", 9, "2")]
        .into_iter()
        .map(|(nom, corps, marge)| {
            Noeud::nouveau("style").avec("name", nom).avec("marginTop", marge).tient([
                Noeud::nouveau("styleFont").avec("description", police(corps)).avec("style", ""),
            ])
        })
        .chain([Noeud::nouveau("style")
            .fixe([("name", "symbolLabel"), ("marginTop", "2"), ("marginLeft", "2")])
            .tient([Noeud::nouveau("styleFont")
                .avec("description", police(9))
                .avec("style", "")])]);
    objet(Genre::Legende, "Légende", 7, [220.0, 28.0, 67.0, 80.0])
        .avec("title", "Partenaires qui peuvent aider")
        .avec("map_uuid", ID_CARTE)
        .fixe([
            ("resizeToContents", "1"),
            ("legendFilterByAtlas", "0"),
            ("columnCount", "1"),
            ("boxSpace", "0"),
            ("symbolWidth", "7"),
            ("symbolHeight", "4"),
            ("wrapChar", ""),
            ("fontColor", ENCRE),
            ("frame", "false"),
            ("background", "false"),
        ])
        .tient([
            Noeud::nouveau("styles").tient(styles),
            groupe("").tient([sans_reglage(), couche.place()]),
        ])
}

fn echelle() -> Noeud {
    objet(Genre::Echelle, "Échelle", 8, [220.0, 168.0, 60.0, 12.0])
        .avec("mapUuid", ID_CARTE)
        .fixe([
            ("style", "Single Box"),
            ("unitType", "km"),
            ("unitLabel", "km"),
            ("numMapUnitsPerScaleBarUnit", "1"),
            ("numUnitsPerSegment", "10"),
            ("numSegments", "2"),
            ("numSegmentsLeft", "0"),
            // As many kilometres as fit between these widths.
            ("segmentSizeMode", "1"),
            ("minBarWidth", "30"),
            ("maxBarWidth", "60"),
            ("segmentMillimeters", "20"),
            ("height", "2"),
            ("outlineWidth", "0.2"),
            ("labelBarSpace", "1.5"),
            ("boxContentSpace", "0"),
            ("alignment", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
        .tient([Noeud::nouveau("text-style")
            .avec("fontSize", 8)
            .avec("textColor", couleur(ENCRE, 1.0))
            .fixe([("fontFamily", POLICE), ("fontSizeUnit", "Point"), ("textOpacity", "1")])])
}

fn nord() -> Noeud {
    use base64::Engine;
    let dessin = base64::prelude::BASE64_STANDARD.encode(NORD);
    objet(Genre::Image, "Nord", 9, [272.0, 128.0, 12.0, 16.0])
        .avec("file", format!("base64:{dessin}"))
        .avec("mapUuid", ID_CARTE)
        .fixe([
            ("mode", "0"),
            ("northMode", "0"),
            ("northOffset", "0"),
            ("resizeMode", "0"),
            ("anchorPoint", "4"),
            ("pictureRotation", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_fits_the_map_whatever_its_shape() {
        let [ouest, sud, est, nord] = au_format([0.0, 0.0, 100.0, 10.0], 2.0);
        assert_eq!([ouest, sud, est, nord], [-3.0, -22.0, 103.0, 32.0]);
        assert_eq!(au_format([0.0, 0.0, 10.0, 100.0], 1.0), [-48.0, -3.0, 58.0, 103.0]);
    }
}
