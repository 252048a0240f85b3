//! The layouts in which publishers give their layers: a table, the first row that fits wins.
//!
//! Columns are looked up by name whatever the case; a new layout is a new row.

use super::couche::Couche;
use crate::territoires::codes::Maille;

/// How a publisher names the columns of one kind of layer.
#[derive(Debug, Clone, Copy)]
pub struct Modele<'c> {
    /// As the person is told of it.
    pub nom: &'c str,
    /// None: a known layer, of units that are no maille here.
    pub maille: Option<Maille>,
    pub code: &'c str,
    pub libelle: &'c str,
    /// Columns that tell this layout from the others, besides the code and the name.
    pub signature: &'c [&'c str],
    /// For layouts that only have a code and a name: the lengths of a code.
    pub longueurs: Option<&'c [usize]>,
    /// For layouts that nothing else tells apart: what the name of the layer or of its file has.
    pub titre: Option<&'c str>,
    pub departement: Option<&'c str>,
    pub region: Option<&'c str>,
    pub epci: Option<&'c str>,
    pub population: Option<&'c str>,
    pub nature: Option<&'c str>,
    /// Commune that this one is only a part of.
    pub rattachement: Option<&'c str>,
    /// Who publishes it, for attributions.
    pub editeur: Option<&'c str>,
    /// A table of codes: it has no contour.
    pub sans_contour: bool,
}

impl<'c> Modele<'c> {
    /// A layout of two columns.
    pub const fn de(maille: Maille, code: &'c str, libelle: &'c str) -> Self {
        Self {
            nom: "",
            maille: Some(maille),
            code,
            libelle,
            signature: &[],
            longueurs: None,
            titre: None,
            departement: None,
            region: None,
            epci: None,
            population: None,
            nature: None,
            rattachement: None,
            editeur: None,
            sans_contour: false,
        }
    }

    const fn ign(nom: &'c str, maille: Maille, code: &'c str, libelle: &'c str) -> Self {
        Self { nom, editeur: Some(IGN), ..Self::de(maille, code, libelle) }
    }

    /// A table of the code officiel géographique, known by columns beside its code.
    const fn cog(maille: Maille, code: &'c str, signature: &'c [&'c str]) -> Self {
        Self {
            nom: COG,
            signature,
            sans_contour: true,
            editeur: Some("Insee"),
            ..Self::de(maille, code, "libelle")
        }
    }

    /// A layer whose columns are `code` and `nom`, with codes of these lengths.
    const fn simple(nom: &'c str, maille: Maille, longueurs: &'c [usize]) -> Self {
        Self { nom, longueurs: Some(longueurs), ..Self::de(maille, "code", "nom") }
    }

    /// A layer of units that are no maille here, known by a column.
    const fn ecarte(signature: &'c [&'c str]) -> Self {
        Self { maille: None, signature, ..Self::de(Maille::Commune, "", "") }
    }

    /// Whether a layer has this layout. `exemple` is the first cell of its column of codes, and
    /// `titre` its name with that of its file, in lower case.
    fn convient(
        &self,
        couche: &Couche,
        titre: &str,
        exemple: impl Fn(usize) -> Option<usize>,
    ) -> bool {
        let a = |colonne: &str| rang(couche, colonne).is_some();
        let decrite = self.signature.iter().copied().all(a)
            && (self.maille.is_none() || (a(self.code) && a(self.libelle)));
        decrite
            && self.titre.is_none_or(|voulu| titre.contains(voulu))
            && self.longueurs.is_none_or(|longueurs| {
                rang(couche, self.code)
                    .and_then(&exemple)
                    .is_some_and(|longueur| longueurs.contains(&longueur))
            })
    }
}

/// The rank of a column, whatever its case.
pub fn rang(couche: &Couche, colonne: &str) -> Option<usize> {
    couche.colonnes.iter().position(|presente| presente.eq_ignore_ascii_case(colonne))
}

/// The layout of a layer; None when it has none of those known. `exemple` gives the length of the
/// first cell of a column.
pub fn reconnaitre(
    couche: &Couche,
    fichier: &str,
    exemple: impl Fn(usize) -> Option<usize>,
) -> Option<&'static Modele<'static>> {
    let titre = format!("{fichier} {}", couche.nom).to_lowercase().replace(['é', 'É'], "e");
    let nom = couche.nom.to_lowercase();
    if ECARTEES.contains(&nom.as_str())
        || FAMILLES_ECARTEES.iter().any(|debut| nom.starts_with(debut))
    {
        return Some(&AUTRE);
    }
    MODELES.iter().find(|modele| modele.convient(couche, &titre, &exemple))
}

/// Layers of official files, by name, that give no unit of the maillage. Whole names: a file named
/// after one canton may hold its communes.
const ECARTEES: [&str; 10] = [
    "arrondissement",
    "arrondissements",
    "arrondissement_departemental",
    "arrondissement_municipal",
    "canton",
    "cantons",
    "collectivite_territoriale",
    "entite_rattachee",
    "mairie",
    "mairies",
];
/// The same, by the beginning of their names: chefs-lieux and the former communes that are parts of
/// a commune.
const FAMILLES_ECARTEES: [&str; 4] =
    ["chef_lieu_", "chflieu_", "commune_associee_", "communes_associees_"];

static AUTRE: Modele<'static> = Modele::ecarte(&[]);
const IGN: &str = "IGN";
const ETALAB: &str = "contours administratifs";
const COG: &str = "code officiel géographique";
const SIMPLE: &str = "communes, codes et noms seuls";
const EXPRESS_4: &str = "ADMIN EXPRESS 4.0";
const EXPRESS_3: &str = "ADMIN EXPRESS 3.x";
const EXPRESS_2: &str = "ADMIN EXPRESS 2.x";

static MODELES: [Modele<'static>; 32] = [
    // Parts of communes, known by the column of their commune.
    Modele::ecarte(&["insee_cad"]),
    Modele::ecarte(&["insee_arm"]),
    Modele::ecarte(&["insee_ratt"]),
    Modele::ecarte(&["id_com"]),
    Modele::ecarte(&["code_insee_de_la_commune"]),
    Modele::ecarte(&["code_insee_de_la_commune_de_rattach"]),
    Modele::ecarte(&["code_insee_de_la_commune_de_rattachement"]),
    // Arrondissements and cantons of the code officiel géographique, which also have a chef-lieu.
    Modele::ecarte(&["arr", "cheflieu"]),
    Modele::ecarte(&["can", "typect"]),
    Modele {
        departement: Some("dep"),
        region: Some("reg"),
        rattachement: Some("comparent"),
        ..Modele::cog(Maille::Commune, "com", &["typecom", "dep", "reg"])
    },
    Modele { region: Some("reg"), ..Modele::cog(Maille::Departement, "dep", &["reg", "cheflieu"]) },
    Modele::cog(Maille::Region, "reg", &["cheflieu"]),
    Modele {
        signature: &["code_insee_du_departement"],
        departement: Some("code_insee_du_departement"),
        region: Some("code_insee_de_la_region"),
        epci: Some("codes_siren_des_epci"),
        population: Some("population"),
        ..Modele::ign(EXPRESS_4, Maille::Commune, "code_insee", "nom_officiel")
    },
    Modele {
        signature: &["code_insee_de_la_region"],
        region: Some("code_insee_de_la_region"),
        ..Modele::ign(EXPRESS_4, Maille::Departement, "code_insee", "nom_officiel")
    },
    Modele {
        signature: &["code_siren"],
        ..Modele::ign(EXPRESS_4, Maille::Region, "code_insee", "nom_officiel")
    },
    Modele {
        nature: Some("nature"),
        ..Modele::ign(EXPRESS_4, Maille::Epci, "code_siren", "nom_officiel")
    },
    Modele {
        signature: &["insee_dep"],
        departement: Some("insee_dep"),
        region: Some("insee_reg"),
        epci: Some("siren_epci"),
        population: Some("population"),
        ..Modele::ign(EXPRESS_3, Maille::Commune, "insee_com", "nom")
    },
    Modele {
        signature: &["insee_dep"],
        departement: Some("insee_dep"),
        region: Some("insee_reg"),
        epci: Some("code_epci"),
        population: Some("population"),
        ..Modele::ign(EXPRESS_2, Maille::Commune, "insee_com", "nom_com")
    },
    Modele { nature: Some("nature"), ..Modele::ign(EXPRESS_3, Maille::Epci, "code_siren", "nom") },
    Modele {
        nature: Some("type_epci"),
        ..Modele::ign(EXPRESS_2, Maille::Epci, "code_epci", "nom_epci")
    },
    // Arrondissements and cantons also have a département and a région.
    Modele::ecarte(&["insee_arr"]),
    Modele::ecarte(&["insee_can"]),
    Modele {
        region: Some("insee_reg"),
        ..Modele::ign(EXPRESS_3, Maille::Departement, "insee_dep", "nom")
    },
    Modele {
        region: Some("insee_reg"),
        ..Modele::ign(EXPRESS_2, Maille::Departement, "insee_dep", "nom_dep")
    },
    Modele::ign(EXPRESS_3, Maille::Region, "insee_reg", "nom"),
    Modele::ign(EXPRESS_2, Maille::Region, "insee_reg", "nom_reg"),
    Modele {
        signature: &["departement", "region", "epci"],
        departement: Some("departement"),
        region: Some("region"),
        epci: Some("epci"),
        rattachement: Some("commune"),
        nom: ETALAB,
        editeur: Some("Etalab"),
        ..Modele::de(Maille::Commune, "code", "nom")
    },
    Modele {
        signature: &["region"],
        region: Some("region"),
        ..Modele::simple(ETALAB, Maille::Departement, &[2, 3])
    },
    Modele::simple(SIMPLE, Maille::Epci, &[9]),
    Modele {
        titre: Some("departement"),
        ..Modele::simple(SIMPLE, Maille::Departement, &[1, 2, 3])
    },
    Modele { titre: Some("region"), ..Modele::simple(SIMPLE, Maille::Region, &[1, 2]) },
    Modele {
        departement: Some("departement"),
        region: Some("region"),
        epci: Some("epci"),
        population: Some("population"),
        rattachement: Some("commune"),
        ..Modele::simple(SIMPLE, Maille::Commune, &[4, 5])
    },
];
