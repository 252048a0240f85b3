//! Insee's code officiel géographique: tables of codes, without contours.

use maillage::territoires::source::Lecture;

use crate::lecture;

fn lire(fichiers: &[(&str, &str)]) -> Lecture {
    let lieu = tempfile::tempdir().unwrap();
    let ecrire = |(nom, texte): &(&str, &str)| {
        let chemin = lieu.path().join(nom);
        std::fs::write(&chemin, texte).unwrap();
        chemin
    };
    let chemins: Vec<_> = fichiers.iter().map(ecrire).collect();
    lecture::lire(&chemins).unwrap_or_else(|erreur| panic!("{erreur}"))
}

#[test]
fn parts_that_have_the_code_of_their_commune_are_not_communes() {
    // In capitals and without quotes in 2024; in small letters, quoted and in another order in 2019.
    for texte in [
        "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n\
         COM,01015,84,01,01D,011,1,ARBOYS,Arboys en Bugey,Arboys en Bugey,0104,\n\
         COMD,01015,,,,,1,ARBIGNIEU,Arbignieu,Arbignieu,,01015\n\
         ARM,75101,11,75,75,751,0,PARIS 1,Paris 1er,Paris 1er,,75056\n",
        "\"typecom\",\"com\",\"reg\",\"dep\",\"arr\",\"tncc\",\"ncc\",\"nccenr\",\"libelle\",\"can\",\"comparent\"\n\
         COMD,\"01015\",,,,\"1\",ARBIGNIEU,Arbignieu,Arbignieu,,\"01015\"\n\
         COM,\"01015\",\"84\",\"01\",\"011\",\"1\",ARBOYS,Arboys en Bugey,Arboys en Bugey,\"0104\",\n",
    ] {
        let lecture = lire(&[("v_commune_2024.csv", texte)]);
        assert_eq!(lecture.communes.len(), 1);
        let commune = lecture::commune(&lecture, "01015");
        assert_eq!((commune.nom.as_str(), commune.departement.as_str()), ("Arboys en Bugey", "01"));
        assert!(commune.contour.is_none());
    }
}

#[test]
fn tables_of_departements_and_regions_give_their_names() {
    let lecture = lire(&[
        (
            "v_commune_2024.csv",
            "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\nCOM,26001,84,26,Solaure en Diois,\n",
        ),
        (
            "v_departement_2024.csv",
            "DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n26,84,26362,3,DROME,Drôme,Drôme\n",
        ),
        (
            "v_region_2024.csv",
            "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n84,69123,1,AURA,Auvergne-Rhône-Alpes,Auvergne-Rhône-Alpes\n",
        ),
    ]);
    assert_eq!(lecture.departements["26"].nom.as_deref(), Some("Drôme"));
    assert_eq!(lecture.regions["84"].nom, "Auvergne-Rhône-Alpes");
}
