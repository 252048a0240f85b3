//! What cells of a table of demandes say: dates, codes, names, post codes, encodings.

use maillage::demandes::import::{Lecture, Options, demandes};

use crate::demandes::Essai;

#[tokio::test]
async fn dates_of_every_usual_form_are_one_day() {
    let essai = Essai::nouveau("dates-des-demandes").await;
    let texte = "ref;date;commune;theme\nA1;31/12/2018;Commune 1;batiments\nA2;2018-12-31;Commune 1;batiments\n\
        A3;31-12-2018;Commune 1;batiments\nA4;31 décembre 2018;Commune 1;batiments\nA5;43465;Commune 1;batiments\n\
        A6;31/12/18;Commune 1;batiments\nA7;01/01/2027;Commune 1;batiments\nA8;01/01/1980;Commune 1;batiments\n";
    let motifs = essai.motifs(texte).await;
    assert!(motifs[0].contains("deux chiffres"), "{motifs:?}");
    assert!(motifs[1].contains("futur"), "{motifs:?}");
    assert!(motifs[2].contains("1990"), "{motifs:?}");
    assert_eq!(motifs.len(), 3);
    assert_eq!(essai.compter("demande where reseau = $1 and date = '2018-12-31'").await, 5);
}

#[tokio::test]
async fn an_answer_before_the_demande_is_refused() {
    let essai = Essai::nouveau("dates-en-ordre").await;
    let texte = "ref;date;commune;theme;réponse;clôture;jours\nA1;31/12/2018;Commune 1;batiments;30/12/2018;;\n\
        A2;31/12/2018;Commune 1;batiments;;;beaucoup\n";
    let motifs = essai.motifs(texte).await;
    assert!(
        motifs[0].starts_with("2 réponse") && motifs[0].contains("avant la demande"),
        "{motifs:?}"
    );
    assert!(motifs[1].starts_with("3 jours") && motifs[1].contains("1,5"), "{motifs:?}");
}

#[tokio::test]
async fn names_are_found_in_the_perimeter_when_they_are_one() {
    let essai = Essai::nouveau("noms-des-demandes").await;
    let texte = "ref;date;bénéficiaire;theme\nA1;01/02/2025;Mairie de COMMUNE 1;batiments\n\
        A2;01/02/2025;Syndicat 1;batiments\nA3;01/02/2025;EPCI 200040459;batiments\n\
        A4;01/02/2025;200040459;batiments\nA5;01/02/2025;Comune 2;batiments\n\
        A6;01/02/2025;Commune 500;batiments\nA7;01/02/2025;;batiments\nA8;01/02/2025;200040458;batiments\n\
        A9;01/02/2025;200040517;batiments\n";
    let motifs = essai.motifs(texte).await;
    assert!(
        motifs[0].starts_with("6 bénéficiaire") && motifs[0].contains("Commune 2 26002"),
        "{motifs:?}"
    );
    assert!(motifs[1].contains("Hors du périmètre : Commune 500 26500"), "{motifs:?}");
    assert!(motifs[2].contains("manque"), "{motifs:?}");
    assert!(motifs[3].contains("clé"), "{motifs:?}");
    assert!(motifs[4].contains("beneficiaires.csv"), "{motifs:?}");
    for (reference, attendu) in [
        ("A1", "commune26001"),
        ("A2", "autreautre-1"),
        ("A3", "epci200040459"),
        ("A4", "epci200040459"),
    ] {
        assert_eq!(essai.lire("maille || beneficiaire", reference).await, attendu);
    }
}

#[tokio::test]
async fn a_commune_is_found_by_the_name_that_the_perimeter_gives_it() {
    let pays = crate::pays::pays().await;
    let reseau = crate::dossier::Reseau::nouveau("anciens-noms")
        .avec("perimetre.csv", "commune,26011,Nom d'avant,2019\n");
    pays.charger(&reseau).await;
    let essai = Essai::du_reseau(pays, "anciens-noms");
    let texte = "ref;date;commune;theme\nA1;01/02/2018;Mairie de Nom d'Avant;batiments\n\
        A2;01/02/2018;Commune 11;batiments\n";
    assert_eq!(essai.motifs(texte).await, Vec::<String>::new());
    assert_eq!(essai.lire("beneficiaire", "A1").await, "26011");
}

#[tokio::test]
async fn a_column_that_may_hold_post_codes_stops_and_asks() {
    let essai = Essai::nouveau("codes-postaux-des-demandes").await;
    // 26200 is the post code of 198, and the code of commune 200; 29400 is a post code alone, of 1 and 2.
    for texte in [
        "ref,date,code commune,theme\nA1,01/02/2025,26200,batiments\n",
        "ref,date,code commune,theme\nA1,01/02/2025,26003,batiments\nA2,01/02/2025,29400,batiments\n",
    ] {
        let dit = essai.refus(texte).await;
        assert!(dit.contains("--codes-postaux") && dit.contains("--codes-insee"), "{dit}");
    }
    let dit = essai
        .refus(
            "ref,date,code,theme\nA1,01/02/2025,26200,batiments\nA2,01/02/2025,29400,batiments\n",
        )
        .await;
    for mot in [
        "Sur 2 codes à cinq chiffres, 1 sont des codes Insee connus et 2 des codes postaux (1 ne sont",
        "26200 : code postal (Commune 198 26198), et code Insee de Commune 200",
        "29400 : code postal seulement",
    ] {
        assert!(dit.contains(mot), "{mot} : {dit}");
    }
    // A column of codes that are all known is not doubted for one that is also a post code.
    let texte =
        "ref,date,code,theme\nA1,01/02/2025,26200,batiments\nA2,01/02/2025,26001,batiments\n";
    assert_eq!(essai.charger(texte).await.nouvelles, 2);
}

#[tokio::test]
async fn a_name_beside_a_code_judges_it() {
    let essai = Essai::nouveau("codes-et-noms").await;
    let texte = "ref,date,code,commune,theme\nA1,01/02/2025,26200,Commune 200,batiments\n\
        A2,01/02/2025,26200,COMMUNE 198,batiments\nA3,01/02/2025,26001,Commune 2,batiments\n\
        A4,01/02/2025,26001,Le chef-lieu,batiments\n";
    let motifs = essai.motifs(texte).await;
    assert_eq!(motifs.len(), 2, "{motifs:?}");
    assert!(
        motifs[0].contains("code postal (Commune 198)") && motifs[0].contains("26198"),
        "{motifs:?}"
    );
    assert!(motifs[1].contains("Commune 2 26002"), "{motifs:?}");
}

#[tokio::test]
async fn post_codes_are_read_with_the_name_beside_them() {
    let essai = Essai::nouveau("codes-postaux-dits").await;
    let texte = "ref,date,code,commune,theme\nA1,01/02/2025,29400,Commune 2,batiments\n\
        A2,01/02/2025,26200,,batiments\nA3,01/02/2025,29400,,batiments\nA4,01/02/2025,29400,Commune 9,batiments\n\
        A5,01/02/2025,26001,Commune 1,batiments\n";
    let postaux = Options { codes: Lecture::Postaux, ..essai.options() };
    let bilan = essai.essayer(texte, postaux).await.unwrap();
    assert_eq!(essai.lire("beneficiaire", "A1").await, "26002");
    assert_eq!(essai.lire("beneficiaire", "A2").await, "26198");
    let motifs: Vec<&str> = bilan.motifs().map(|(_, _, motif)| motif).collect();
    assert!(motifs[0].contains("plusieurs communes") && motifs[0].contains("26001"), "{motifs:?}");
    assert!(motifs[1].contains("ne s'appelle « Commune 9 »"), "{motifs:?}");
    assert!(motifs[2].contains("Aucune commune n'a le code postal"), "{motifs:?}");
}

#[tokio::test]
async fn a_code_of_before_keeps_its_own_millesime_and_says_what_it_became() {
    let essai = Essai::nouveau("codes-d-avant").await;
    let texte = "ref,date,code,theme\nA1,01/02/2018,26399,batiments\nA2,01/02/2018,26001,batiments\n\
        A3,01/02/2018,2601,batiments\nA4,01/02/2018,2A004,batiments\nA5,01/02/2018,13201,batiments\n";
    let bilan = essai.charger(texte).await;
    let dit = bilan.to_string();
    assert!(dit.contains("(26399) a été réunie à Commune 3 (26003)"), "{dit}");
    assert_eq!(essai.lire("beneficiaire || millesime", "A1").await, "263992018");
    let registre =
        essai.pays.lire("/api/demandes?reseau=codes-d-avant&territoire=commune:26003").await;
    assert_eq!(registre["total"], 1, "asked where it is now");
    let motifs: Vec<&str> = bilan.motifs().map(|(_, _, motif)| motif).collect();
    assert!(motifs[0].contains("zéro"), "{motifs:?}");
    assert!(motifs[1].contains("2A004"), "{motifs:?}");
    assert!(motifs[2].contains("13055"), "{motifs:?}");
}

#[tokio::test]
async fn private_individuals_are_counted_and_never_named() {
    let essai = Essai::nouveau("particuliers").await;
    let texte = "ref,date,demandeur,commune,theme,nature du demandeur,objet\n\
        A1,01/02/2025,M. Dupont,Commune 1,batiments,,toit de M. Dupont\n\
        A2,01/02/2025,Jeanne Dupont,26002,batiments,Particulier,\n\
        A3,hier,Mme Dupont,Commune 1,batiments,,\nA4,01/02/2025,M. le Maire de Commune 3,,batiments,Commune,\n";
    let bilan = essai.charger(texte).await;
    assert_eq!((bilan.particuliers, bilan.nouvelles, bilan.refusees()), (2, 1, 0), "{bilan}");
    let dit = bilan.to_string();
    assert!(dit.contains("ligne 4 : demande d'un particulier, non comptée"), "{dit}");
    assert!(!dit.contains("Dupont"), "{dit}");
    assert!(!bilan.complet());
    assert_eq!(bilan.rapporter(None).unwrap(), Vec::<std::path::PathBuf>::new());
    let gardees: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', partenaire, annee, theme, commune, encode(empreinte, 'hex') =
           encode(sha256(convert_to(case commune when '26001' then 'A1' else 'A2' end, 'UTF8')), 'hex'))
         from demande_particuliere where reseau = $1 order by commune",
    )
    .bind(essai.reseau)
    .fetch_all(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(gardees, ["caue 2025 batiments 26001 t", "caue 2025 batiments 26002 t"]);
}

#[tokio::test]
async fn tables_of_every_encoding_are_read() {
    let essai = Essai::nouveau("encodages-des-demandes").await;
    let texte = "Référence;Date;Commune;Thème;Objet\nA1;01/02/2025;Commune 1;Bâtiments publics;\"Préau ; cour\n2\"\n";
    let latin1: Vec<u8> =
        texte.chars().map(|lettre| u8::try_from(lettre as u32).unwrap()).collect();
    let utf16: Vec<u8> =
        format!("\u{feff}{texte}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (nom, octets) in [("l.csv", latin1), ("u.csv", utf16)] {
        let fichier = essai.fichier(nom, &octets);
        demandes(&essai.pays.base, vec![fichier], essai.options(), &Default::default())
            .await
            .unwrap();
        assert_eq!(essai.lire("objet", "A1").await, "Préau ; cour\n2");
    }
}

#[tokio::test]
async fn dates_of_a_workbook_are_read_as_days() {
    let essai = Essai::nouveau("classeur-des-demandes").await;
    let fichier = essai.fichier("c.xlsx", &classeur());
    let bilan = demandes(&essai.pays.base, vec![fichier], essai.options(), &Default::default())
        .await
        .unwrap();
    assert_eq!((bilan.nouvelles, bilan.refusees()), (2, 0), "{bilan}");
    assert_eq!(essai.lire("date", "1").await, "2018-12-31");
    assert_eq!(essai.lire("date || ' ' || jours", "2").await, "2018-12-31 1.50");
}

/// A workbook of two rows: a number shown as a date, and a number.
fn classeur() -> Vec<u8> {
    use std::io::Write;
    let texte = |cellule: &str, valeur: &str| {
        format!("<c r=\"{cellule}\" t=\"inlineStr\"><is><t>{valeur}</t></is></c>")
    };
    let entete: String = ["Réf", "Date", "Commune", "Thème", "Jours"]
        .iter()
        .zip(["A1", "B1", "C1", "D1", "E1"])
        .map(|(nom, cellule)| texte(cellule, nom))
        .collect();
    let ligne = |n: u32, style: &str, jours: &str| {
        format!(
            "<row r=\"{r}\"><c r=\"A{r}\"><v>{n}</v></c><c r=\"B{r}\"{style}><v>43465</v></c>{}{}\
             <c r=\"E{r}\"><v>{jours}</v></c></row>",
            texte(&format!("C{}", n + 1), "Commune 1"),
            texte(&format!("D{}", n + 1), "batiments"),
            r = n + 1,
        )
    };
    let feuille = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
         <row r=\"1\">{entete}</row>{}{}</sheetData></worksheet>",
        ligne(1, " s=\"1\"", "2"),
        ligne(2, "", "1.5")
    );
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let paquets = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (nom, contenu) in [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{paquets}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{paquets}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>\
                 <sheet name=\"Demandes\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{paquets}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" \
                 Type=\"{relations}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", feuille),
    ] {
        archive.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(contenu.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
