use super::*;

const MODELE: &str = include_str!("../modele.toml");

fn une(code: &str, suite: &str) -> String {
    format!(
        "[[indicateur]]\ncode = '{code}'\ntheme = 'T'\nlibelle = 'L'\nproducteur = 'P'\n\
         source = 'S'\nlicence = 'L'\n{suite}\n"
    )
}

fn refus(texte: &str) -> String {
    lire("mien.toml", texte).unwrap_err().to_string()
}

#[test]
fn the_model_given_to_users_is_a_catalogue() {
    assert_eq!(lire("modele.toml", MODELE).unwrap().len(), 2);
}

#[test]
fn what_is_wrong_is_said_with_its_indicator_and_its_field() {
    for (texte, attendu) in [
        (une("a", ""), "indicateur « a », champ « nature » : il manque"),
        (une("a", "nature = 'stok'"), "« stok » n'en est pas une"),
        (une("a", "nature = 'stock'\ncouleur = 1"), "champ « couleur » : il n'existe pas"),
        (une("a", "nature = 'stock'\ndecimales = 9"), "entre 0 et 6"),
        (une("a", "nature = 'stock'\nunite = 3"), "champ « unite » : écrivez un texte"),
        (une("a", "nature = 'classe'"), "champ « modalites »"),
        (une("a", "nature = 'ratio'\nnumerateur = 'b'"), "champ « denominateur » : il manque"),
        (une("a", "nature = 'stock'\nnumerateur = 'b'"), "que pour un ratio"),
        (une("a", "nature = 'stock'\ncolonnes = ['A###']"), "## ou ####"),
        (une("Été", "nature = 'stock'"), "champ « code »"),
        ("[[indicateur]]\nlibelle = 'x'".into(), "indicateur n° 1, champ « code » : il manque"),
        ("[[indicateur]]\ncode = \n".into(), "mien.toml, ligne 2"),
        ("code = 'x'".into(), "[[indicateur]]"),
        (String::new(), "ne déclare aucun indicateur"),
    ] {
        let dit = refus(&texte);
        assert!(dit.contains(attendu) && dit.contains("mien.toml"), "{texte} : {dit}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let dit = refus(&(une("a", "nature = 'x'") + &une("b", "nature = 'stock'\nsens = 2")));
    assert!(dit.contains("« a »") && dit.contains("« b »"), "{dit}");
}

#[test]
fn a_catalogue_replaces_its_own_and_nothing_else() {
    let lues = |texte: &str| lire("mien.toml", texte).unwrap();
    let stock = "nature = 'stock'";
    let livrees = lues(&une("population", "nature = 'stock'\ncolonnes = ['PMUN']"));
    let propres =
        lues(&(une("a", "nature = 'stock'\ncolonnes = ['A']") + &une("m", "nature = 'mediane'")));
    let essayer = |texte: &str| {
        confronter("mien.toml", &lues(texte), &livrees, &propres)
            .map_err(|erreur| erreur.to_string())
    };
    assert_eq!(essayer(&une("a", "nature = 'stock'\ncolonnes = ['A']")), Ok(()));
    assert_eq!(
        essayer(&une("r", "nature = 'ratio'\nnumerateur = 'a'\ndenominateur = 'population'")),
        Ok(())
    );
    for (texte, attendu) in [
        (une("population", stock), "livré avec maillage"),
        (une("b", stock) + &une("b", stock), "déclaré deux fois"),
        (une("b", "nature = 'stock'\ncolonnes = ['pmun']"), "déjà de l'indicateur « population »"),
        (une("b", "nature = 'stock'\ncolonnes = ['A']"), "déjà de l'indicateur « a »"),
        (une("r", "nature = 'ratio'\nnumerateur = 'z'\ndenominateur = 'a'"), "nulle part"),
        (une("r", "nature = 'ratio'\nnumerateur = 'm'\ndenominateur = 'a'"), "ne s'additionne pas"),
    ] {
        let dit = essayer(&texte).unwrap_err();
        assert!(dit.contains(attendu), "{dit}");
    }
}
