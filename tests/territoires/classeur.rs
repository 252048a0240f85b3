//! Workbooks as the DGCL and Insee lay them out.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Cells: text, or numbers when they begin with `#`.
type Lignes<'l> = &'l [&'l [&'l str]];

/// The DGCL's: a table from the first row, its SIREN numbers.
pub fn dgcl(lieu: &Path, nom: &str) -> PathBuf {
    let lignes: Lignes<'_> = &[
        &[
            "dept",
            "siren",
            "raison_sociale",
            "nature_juridique",
            "insee",
            "nom_membre",
            "pmun_2024",
        ],
        &["26", "#200040459", "CA Montélimar-Agglomération", "CA", "26001", "Solaure", "#25"],
        &["26", "#242600534", "CC du Diois", "CC", "26002", "Albon", "#40"],
        &["26", "#200040459", "CA Montélimar-Agglomération", "CA", "26003", "Aleyrac", "#7"],
    ];
    ecrire(lieu, nom, &[("Epcicom", lignes)])
}

/// Insee's: titles, two headings, and sheets beside the one that counts.
pub fn ept(lieu: &Path) -> PathBuf {
    let titre: [&[&str]; 3] = [
        &["Établissement public territorial"],
        &["Mise en ligne le 29/06/2023       Géographie au 01/01/2023"],
        &["@Insee       Source(s) : Insee, Code officiel géographique"],
    ];
    let liste =
        [&titre[..], &[&["EPT", "LIBEPT", "NB_COM"], &["200057867", "Plaine Commune", "#9"]]]
            .concat();
    let composition = [
        &titre[..],
        &[
            &["Code géographique", "Libellé géographique", "EPT", "Libellé de l'EPT"],
            &["CODGEO", "LIBGEO", "EPT", "LIBEPT"],
            &["93066", "Saint-Denis", "200057867", "Plaine Commune"],
        ],
    ]
    .concat();
    ecrire(lieu, "ept.xlsx", &[("EPT", &liste), ("Composition_communale", &composition)])
}

fn ecrire(lieu: &Path, nom: &str, feuilles: &[(&str, Lignes<'_>)]) -> PathBuf {
    let chemin = lieu.join(nom);
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&chemin).unwrap());
    let mut membre = |nom: &str, texte: &str| {
        zip.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(texte.as_bytes()).unwrap();
    };
    let (mut liste, mut liens) = (String::new(), String::new());
    for (rang, (feuille, lignes)) in feuilles.iter().enumerate() {
        write!(liste, r#"<sheet name="{feuille}" sheetId="{}" r:id="r{rang}"/>"#, rang + 1)
            .unwrap();
        write!(
            liens,
            r#"<Relationship Id="r{rang}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/s{rang}.xml"/>"#
        )
        .unwrap();
        membre(&format!("xl/worksheets/s{rang}.xml"), &feuille_xml(lignes));
    }
    membre(
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    membre(
        "xl/workbook.xml",
        &format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{liste}</sheets></workbook>"#
        ),
    );
    membre(
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{liens}</Relationships>"#
        ),
    );
    zip.finish().unwrap();
    chemin
}

fn feuille_xml(lignes: Lignes<'_>) -> String {
    let mut xml = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (ligne, cellules) in lignes.iter().enumerate() {
        write!(xml, r#"<row r="{}">"#, ligne + 1).unwrap();
        for (colonne, cellule) in (b'A'..).zip(*cellules) {
            let place = format!("{}{}", char::from(colonne), ligne + 1);
            match cellule.strip_prefix('#') {
                Some(nombre) => write!(xml, r#"<c r="{place}"><v>{nombre}</v></c>"#).unwrap(),
                None => {
                    write!(xml, r#"<c r="{place}" t="inlineStr"><is><t>{cellule}</t></is></c>"#)
                        .unwrap()
                }
            }
        }
        xml += "</row>";
    }
    xml + "</sheetData></worksheet>"
}
