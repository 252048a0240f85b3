//! Official boundary files, in the layouts of their publishers: one fact a trap.

use maillage::territoires::source::choisir_millesime;

use crate::fabrique::{
    CommuneEcrite, Ecriture, Format, ecrire, ecrire_a, geojson, proche, proche_de, sept_z, zip_de,
};
use crate::lecture::{ALBON, MONTELIMAR, commune, dit, express_3, lire, lu, refus, siren};

#[test]
fn admin_express_3_is_read_from_each_format_and_said() {
    let lieu = tempfile::tempdir().unwrap();
    for format in [Format::GeoPackage, Format::Shapefile, Format::FlatGeobuf] {
        let dossier = lieu.path().join(format.extension());
        std::fs::create_dir(&dossier).unwrap();
        let fichier = ecrire(&dossier, format, &[express_3(&[MONTELIMAR, ALBON])]);
        let lecture = lu(&fichier);
        assert_eq!(lecture.communes.len(), 2);
        let montelimar = commune(&lecture, "26198");
        assert_eq!(montelimar.nom, "Montélimar");
        assert_eq!(montelimar.departement, "26");
        assert_eq!(montelimar.epci, Some(siren("200040459")));
        assert_eq!(commune(&lecture, "26002").epci, None);
        assert_eq!(lecture.departements["26"].region.as_deref(), Some("84"));
        proche(montelimar, (0, 0));
        assert!(
            dit(&lecture, "Reconnu : ADMIN EXPRESS 3.x, 2 communes, EPSG:2154."),
            "{:?}",
            lecture.remarques
        );
    }
}

#[test]
fn admin_express_4_has_lower_case_layers_and_names_of_larger_units() {
    let lieu = tempfile::tempdir().unwrap();
    let colonnes = [
        "cleabs",
        "code_insee",
        "nom_officiel",
        "population",
        "code_insee_du_canton",
        "code_insee_du_departement",
        "code_insee_de_la_region",
        "codes_siren_des_epci",
    ];
    let paris = CommuneEcrite {
        valeurs: &["C1", "75056", "Paris", "2113705", "NR", "75", "11", "200054781/200057867"],
        carre: (0, 0),
    };
    let ile = CommuneEcrite {
        valeurs: &["C2", "29155", "Ouessant", "830", "2901", "29", "53", "NR"],
        carre: (1, 1),
    };
    let saint_pierre = CommuneEcrite {
        valeurs: &["C3", "97502", "Saint-Pierre", "5394", "NR", "NR", "NR", "NR"],
        carre: (2, 1),
    };
    let fichier = ecrire(
        lieu.path(),
        Format::GeoPackage,
        &[
            Ecriture {
                couche: "commune",
                colonnes: &colonnes,
                lignes: &[paris, ile, saint_pierre],
                epsg: Some(4326),
            },
            Ecriture {
                couche: "epci",
                colonnes: &["cleabs", "code_siren", "nom_officiel", "nature"],
                lignes: &[
                    CommuneEcrite {
                        valeurs: &["E1", "200054781", "Métropole du Grand Paris", "Métropole"],
                        carre: (0, 0),
                    },
                    CommuneEcrite {
                        valeurs: &[
                            "E2",
                            "200057867",
                            "Plaine Commune",
                            "Etablissement public territorial",
                        ],
                        carre: (0, 0),
                    },
                ],
                epsg: Some(4326),
            },
            Ecriture {
                couche: "departement",
                colonnes: &["code_insee", "nom_officiel", "code_insee_de_la_region", "code_siren"],
                lignes: &[CommuneEcrite {
                    valeurs: &["75", "Paris", "11", "227500055"],
                    carre: (0, 0),
                }],
                epsg: Some(4326),
            },
            Ecriture {
                couche: "region",
                colonnes: &["code_insee", "nom_officiel", "code_siren"],
                lignes: &[CommuneEcrite {
                    valeurs: &["11", "Île-de-France", "237500079"],
                    carre: (0, 0),
                }],
                epsg: Some(4326),
            },
            Ecriture {
                couche: "arrondissement_municipal",
                colonnes: &["code_insee", "nom_officiel", "code_insee_de_la_commune_de_rattach"],
                lignes: &[CommuneEcrite {
                    valeurs: &["75101", "Paris 1er", "75056"],
                    carre: (0, 0),
                }],
                epsg: Some(4326),
            },
        ],
    );
    let lecture = lu(&fichier);
    assert_eq!(lecture.communes.len(), 2);
    assert_eq!(
        commune(&lecture, "75056").epci,
        Some(siren("200054781")),
        "the Métropole, not its EPT"
    );
    assert_eq!(commune(&lecture, "75056").population, Some(2_113_705));
    assert_eq!(commune(&lecture, "29155").epci, None);
    assert_eq!(lecture.epci.len(), 1);
    assert_eq!(lecture.epci[&siren("200054781")].nature.as_deref(), Some("METRO"));
    assert_eq!(lecture.regions["11"].nom, "Île-de-France");
    assert!(dit(&lecture, "ADMIN EXPRESS 4.0, 2 communes, EPSG:4326"));
    assert!(dit(&lecture, "Saint-Pierre (97502)"));
    assert!(dit(&lecture, "Couches laissées de côté : arrondissement_municipal"));
    assert!(
        dit(&lecture, "Départements dont aucun fichier ne dit le nom : 1"),
        "{:?}",
        lecture.remarques
    );
}

#[test]
fn the_territorial_establishment_given_first_is_still_not_the_epci() {
    let lieu = tempfile::tempdir().unwrap();
    let communes = [CommuneEcrite {
        valeurs: &["C", "Saint-Denis", "93066", "93", "11", "200057867/200054781"],
        carre: (0, 0),
    }];
    let epci = [
        CommuneEcrite {
            valeurs: &["200057867", "Plaine Commune", "Etablissement public territorial"],
            carre: (0, 0),
        },
        CommuneEcrite { valeurs: &["200054781", "Grand Paris", "Métropole"], carre: (0, 0) },
    ];
    let epci = Ecriture {
        couche: "EPCI",
        colonnes: &["CODE_SIREN", "NOM", "NATURE"],
        lignes: &epci,
        epsg: Some(2154),
    };
    // The layer of communes alone is enough to tell one from the other.
    for couches in [&[express_3(&communes), epci][..], &[express_3(&communes)]] {
        let dossier = tempfile::tempdir_in(lieu.path()).unwrap();
        let lecture = lu(&ecrire(dossier.path(), Format::GeoPackage, couches));
        let saint_denis = commune(&lecture, "93066");
        assert_eq!(saint_denis.epci, Some(siren("200054781")));
        assert_eq!(saint_denis.ept, Some(siren("200057867")));
    }
}

#[test]
fn arrondissements_and_parts_of_communes_are_no_mailles() {
    let lieu = tempfile::tempdir().unwrap();
    let une = |valeurs| CommuneEcrite { valeurs, carre: (0, 0) };
    let arrondissements = [une(&["Die", "1", "26", "84"])];
    let deleguees = [une(&["Mercurol", "26179", "26001"])];
    let couches = [
        Ecriture {
            couche: "ARRONDISSEMENT",
            colonnes: &["NOM", "INSEE_ARR", "INSEE_DEP", "INSEE_REG"],
            lignes: &arrondissements,
            epsg: Some(2154),
        },
        Ecriture {
            couche: "COMMUNE_ASSOCIEE_OU_DELEGUEE",
            colonnes: &["NOM", "INSEE_CAD", "INSEE_COM"],
            lignes: &deleguees,
            epsg: Some(2154),
        },
        express_3(&[MONTELIMAR]),
    ];
    let lecture = lu(&ecrire(lieu.path(), Format::GeoPackage, &couches));
    assert_eq!(lecture.communes.len(), 1);
    assert_eq!(
        lecture.departements["26"].nom.as_deref(),
        Some("26"),
        "the arrondissement of Die is no département"
    );
}

#[test]
fn etalab_layers_are_read_together() {
    let lieu = tempfile::tempdir().unwrap();
    let communes = geojson(
        lieu.path(),
        "communes.geojson",
        &[
            r#"{"code":"69123","nom":"Lyon","departement":"69","region":"84","epci":"200046977","plm":true}"#,
            r#"{"code":"69381","nom":"Lyon 1er","departement":"69","region":"84","epci":null,"commune":"69123"}"#,
        ],
    );
    let epci = geojson(
        lieu.path(),
        "epci.geojson",
        &[r#"{"code":"200046977","nom":"Métropole de Lyon"}"#],
    );
    let departements = geojson(
        lieu.path(),
        "departements.geojson",
        &[r#"{"code":"69","nom":"Rhône","region":"84"}"#],
    );
    let regions =
        geojson(lieu.path(), "regions.geojson", &[r#"{"code":"84","nom":"Auvergne-Rhône-Alpes"}"#]);
    // Etalab compresses its files one by one.
    let comprime = lieu.path().join("communes-1000m.geojson.gz");
    let mut gz = flate2::write::GzEncoder::new(
        std::fs::File::create(&comprime).unwrap(),
        flate2::Compression::fast(),
    );
    std::io::copy(&mut std::fs::File::open(communes).unwrap(), &mut gz).unwrap();
    gz.finish().unwrap();
    let lecture = lire(&[comprime, epci, departements, regions]).unwrap();
    assert_eq!(lecture.communes.len(), 1, "an arrondissement is no commune");
    assert_eq!(lecture.epci[&siren("200046977")].nom, "Métropole de Lyon");
    assert_eq!(lecture.departements["69"].nom.as_deref(), Some("Rhône"));
    assert_eq!(lecture.regions["84"].nom, "Auvergne-Rhône-Alpes");
    assert!(dit(&lecture, "contours administratifs, 1 communes"), "{:?}", lecture.remarques);
}

#[test]
fn ligatures_survive_a_wrong_cpg() {
    let lieu = tempfile::tempdir().unwrap();
    let communes = [CommuneEcrite {
        valeurs: &["C", "Vandœuvre-lès-Nancy", "54547", "54", "44", "NR"],
        carre: (0, 0),
    }];
    // What the .dbf is written in, what the .cpg then says, what must be said of it.
    let cas = [
        ("UTF-8", "UTF-8", None),
        ("ISO-8859-15", "ISO-8859-15", None),
        ("ISO-8859-15", "ISO-8859-1", Some("relus Œ")),
        ("ISO-8859-15", "UTF-8", Some("lus en CP1252")),
        ("CP1252", "ISO-8859-1", Some("lus en CP1252")),
        ("UTF-8", "ISO-8859-1", Some("lus en UTF-8")),
        ("UTF-8", "ISO-8859-15", Some("lus en UTF-8")),
    ];
    for (rang, (ecrit, annonce, phrase)) in cas.into_iter().enumerate() {
        let dossier = lieu.path().join(rang.to_string());
        std::fs::create_dir(&dossier).unwrap();
        let fichier = ecrire(&dossier, Format::ShapefileEn(ecrit), &[express_3(&communes)]);
        std::fs::write(fichier.with_extension("cpg"), annonce).unwrap();
        let lecture = lu(&fichier);
        assert_eq!(commune(&lecture, "54547").nom, "Vandœuvre-lès-Nancy", "{ecrit} said {annonce}");
        match phrase {
            Some(phrase) => {
                assert!(dit(&lecture, phrase), "{ecrit} said {annonce}: {:?}", lecture.remarques)
            }
            None => assert!(!dit(&lecture, "encodage"), "{:?}", lecture.remarques),
        }
    }
}

#[test]
fn every_official_system_is_brought_to_degrees() {
    let lieu = tempfile::tempdir().unwrap();
    let places = [
        (2154, (5.0, 44.7)),
        (5490, (-61.5, 16.2)),
        (2972, (-52.6, 4.0)),
        (2975, (55.5, -21.1)),
        (4471, (45.2, -12.8)),
        (4326, (5.0, 44.7)),
        (3857, (5.0, 44.7)),
        (4171, (5.0, 44.7)),
    ];
    for (epsg, (x, y)) in places {
        for format in [Format::GeoPackage, Format::Shapefile] {
            let dossier = lieu.path().join(format!("{epsg}{}", format.extension()));
            std::fs::create_dir(&dossier).unwrap();
            let fichier = ecrire_a(
                &dossier,
                format,
                &[Ecriture { epsg: Some(epsg), ..express_3(&[MONTELIMAR]) }],
                (x, y),
            );
            let lecture = lu(&fichier);
            proche_de(commune(&lecture, "26198"), (x, y));
        }
    }
}

#[test]
fn archives_of_several_territories_make_one_reading() {
    let lieu = tempfile::tempdir().unwrap();
    let metropole = lieu.path().join("fxx");
    let antilles = lieu.path().join("glp");
    std::fs::create_dir(&metropole).unwrap();
    std::fs::create_dir(&antilles).unwrap();
    ecrire(&metropole, Format::Shapefile, &[express_3(&[MONTELIMAR, ALBON])]);
    let guadeloupe = [CommuneEcrite {
        valeurs: &["G", "Les Abymes", "97101", "971", "01", "NR"],
        carre: (0, 0),
    }];
    ecrire_a(
        &antilles,
        Format::GeoPackage,
        &[Ecriture { epsg: Some(5490), ..express_3(&guadeloupe) }],
        (-61.5, 16.2),
    );
    let zip = zip_de(
        &metropole,
        &lieu.path().join("ADMIN-EXPRESS-COG_3-2__SHP_LAMB93_FXX_2023-05-03.zip"),
    );
    let sept_z =
        sept_z(&antilles, &lieu.path().join("ADMIN-EXPRESS-COG_3-2__GPKG_GLP_2023-05-03.7z"));
    let fichiers = [zip.clone(), sept_z];
    let lecture = lire(&fichiers).unwrap();
    assert_eq!(lecture.communes.len(), 3);
    assert_eq!(choisir_millesime(&fichiers, None).unwrap().annee(), 2023);
    assert_eq!(lecture.sources.len(), 1);
    assert_eq!(lecture.sources[0].date.unwrap().to_string(), "2023-05-03");

    let phrase = refus(&[zip, metropole]);
    assert!(phrase.contains("donnée deux fois"), "{phrase}");
}
