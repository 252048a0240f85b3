//! The sheets of units and the pages of partners, as people read them without script.

use maillage::indicateurs;

use crate::complet::{complet, peupler};
use crate::dossier::Reseau;
use crate::pays::{Pays, pays};
use crate::service::Essai;

/// A réseau of two communes of its own, `27k01` and `27k02`, so that no other answers for them: a zone, contacts,
/// demandes of two years, and a theme that nobody has.
fn servi(code: &str, k: u8) -> Reseau {
    let [un, deux] = [format!("27{k}01"), format!("27{k}02")];
    let mut reseau = Reseau::nouveau(code)
        .sans("perimetre.csv")
        .avec(
            "perimetre.csv",
            &format!("maille,code,nom,millesime\ncommune,{un},Commune,2019\ncommune,{deux},Commune,2019\n"),
        )
        .sans("partenaires.csv")
        .avec(
            "partenaires.csv",
            "code,nom,sigle,type,siren,site,courriel,telephone,description\n\
             caue,Conseil <b>d'architecture</b>,CAUE,association,,https://caue.example/,conseil@caue.example,04 75 00 00 01,\n\
             sde,Syndicat d'énergies,,syndicat,,,,,\n",
        )
        .sans("partenaires_themes.csv")
        .avec("partenaires_themes.csv", "partenaire,theme\ncaue,batiments\nsde,eclairage\n")
        .avec("zones.csv", &format!("z,caue,,commune,{un},2010-01-01,\n"))
        .avec("declarations.csv", "partenaire,theme,date\ncaue,,2018-01-01\n")
        .avec(
            "fiches.csv",
            "code,titre,description,genre,niveau,cout,conditions,phases,expertises,publics,mots_cles,themes\n\
             ecole,Rénover l'école & la cour,,,premier_niveau,gratuit,,,,commune,,batiments\n",
        )
        .avec("fiches_partenaires.csv", "fiche,partenaire,niveau,cout,conditions\necole,caue,,,\n")
        .avec(
            "demandes.csv",
            &format!(
                "A1,2017-03-01,caue,,batiments,commune,{un},2019,Objet secret,terminee\n\
                 A2,2018-03-01,caue,,batiments,commune,{un},2019,Objet secret,terminee\n\
                 A3,2018-04-01,caue,,batiments,commune,{un},2019,Objet secret,brouillon\n"
            ),
        )
        .avec("regroupements.csv", "code,nom,genre\ndeux,Les deux communes,canton\n")
        .avec(
            "regroupements_communes.csv",
            &format!("regroupement,commune,millesime\ndeux,{un},2019\ndeux,{deux},2019\n"),
        );
    reseau.declaration = reseau.declaration.replace(
        "[guichet]\nnom = 'Guichet'\n",
        "[guichet]\nnom = 'Guichet'\ncourriel = 'guichet@reseau.example'\ntelephone = '04 75 00 00 00'\n",
    );
    reseau
}

/// What a page may not have: the policy of contents would refuse it.
fn sans_code(page: &str) {
    for interdit in ["<script", " style=", "onclick", "javascript:", "http-equiv"] {
        assert!(!page.contains(interdit), "{interdit} : {page}");
    }
}

#[tokio::test]
async fn the_sheet_of_a_commune_says_who_it_is_who_helps_and_what_was_asked() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&servi("feuille", 1)).await;
    let page = essai.lire("/territoires/commune/27101", &[]).await;
    assert_eq!(page.statut, 200, "{}", page.texte);
    sans_code(&page.texte);
    for attendu in [
        "<h1>Commune 1101</h1>",
        "Code Insee",
        "440\u{202f}400\u{a0}habitants",
        "Ailleurs</a> (27)",
        // In words, theme by theme.
        "Aidé",
        "Non renseigné",
        "Réseau feuille",
        "Données de démonstration",
        // Contacts in one tap.
        "tel:0475000001",
        "mailto:conseil@caue.example?subject=Commune%201101%20%2827101%29%20%3A%20demande",
        "mailto:conseil@caue.example?subject=Commune%201101%20%2827101%29%20%3A%20R%C3%A9nover",
        "tel:0475000000",
        "premier niveau, gratuit",
        "/demander?reseau=feuille&amp;territoire=commune:27101&amp;partenaire=caue&amp;fiche=ecole",
        "Conseil &lt;b&gt;d'architecture&lt;/b&gt;",
        // The map, for who does not see it.
        "au milieu des communes voisines",
        "/territoires/commune/27102",
        "Signaler une erreur",
        "territoires%2Fcommune%2F27101",
        "/?reseau=feuille&amp;unite=commune:27101",
        "Pays des essais",
        "og:title",
    ] {
        assert!(page.texte.contains(attendu), "{attendu} : {}", page.texte);
    }
    // Drafts do not count; nobody reads what was asked.
    assert!(
        page.texte.contains("<th scope=\"row\">2018</th><td class=\"nombre\">1</td>"),
        "{}",
        page.texte
    );
    assert!(!page.texte.contains("Objet secret"));
    // The one that helps nobody says so.
    let personne = essai.lire("/territoires/commune/27102", &[]).await;
    assert!(personne.texte.contains("on ne sait pas encore qui peut aider"), "{}", personne.texte);
    assert!(personne.texte.contains("<span class=\"etat personne\">Personne</span>"));
    assert!(personne.texte.contains("guichet@reseau.example"));
}

#[tokio::test]
async fn each_maille_has_its_sheet_and_a_former_code_leads_to_that_of_today() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&servi("mailles", 2)).await;
    for (adresse, attendus) in [
        ("/territoires/epci/200040459", ["Ses communes (10)", "Siren"]),
        ("/territoires/departement/27", ["1 sur 2", "Département"]),
        ("/territoires/departement/26", ["Ses intercommunalités (12)", "Département"]),
        ("/territoires/region/84", ["Ses départements", "Région"]),
        ("/territoires/regroupement/mailles/deux", ["Les deux communes", "Ses communes (2)"]),
        ("/territoires/commune/26371", ["est un ancien code", "<h1>Commune 289</h1>"]),
        ("/territoires/commune/26289", ["26371", "aujourd’hui dans Commune 289"]),
        ("/territoires/commune/26010", ["Le paquet ne donne pas son contour.", "Commune 10"]),
        ("/territoires/commune/26001?millesime=2026", ["millesime=2026", "Commune 1"]),
    ] {
        let page = essai.lire(adresse, &[]).await;
        assert_eq!(page.statut, 200, "{adresse} : {}", page.texte);
        sans_code(&page.texte);
        for attendu in attendus {
            assert!(page.texte.contains(attendu), "{adresse} : {attendu} : {}", page.texte);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&servi("refus", 3)).await;
    for (adresse, statut, phrase) in [
        ("/territoires/commune/26999?millesime=2019", 404, "Le millésime 2019 n'est pas chargé"),
        ("/territoires/commune/01999", 404, "Aucun territoire commune"),
        ("/territoires/commune/1001", 400, "zéro du début"),
        ("/territoires/canton/1", 400, "pas une maille"),
        ("/territoires/commune/26001?x=1", 400, "Paramètres admis"),
        ("/partenaires/refus/personne", 404, "pas de partenaire « personne »"),
        ("/partenaires/personne/caue", 404, "n'existe pas"),
    ] {
        let page = essai.lire(adresse, &[]).await;
        assert_eq!(page.statut.as_u16(), statut, "{adresse} : {}", page.texte);
        assert!(page.entete("content-type").starts_with("text/html"), "{adresse}");
        assert!(page.texte.contains(phrase), "{adresse} : {}", page.texte);
    }
}

#[tokio::test]
async fn several_reseaux_answer_on_one_sheet_and_a_closed_one_for_its_own_alone() {
    let essai = Essai::nouveau().await;
    for (code, public) in [("un", true), ("deux", true), ("occulte", false)] {
        let mut dossier = servi(code, 4);
        dossier.declaration = format!("public = {public}\n{}", dossier.declaration);
        essai.pays.charger(&dossier).await;
    }
    let publique = essai.lire("/territoires/commune/27401", &[]).await.texte;
    assert!(publique.contains("Réseau un") && publique.contains("Réseau deux"), "{publique}");
    assert!(!publique.contains("occulte"), "{publique}");
    // Whose desk is asked is chosen on the next page.
    assert!(publique.contains("\"/demander?territoire=commune:27401\""), "{publique}");
    let lecteur = essai.entrer("lecteur@occulte.example", &["occulte:lecteur"]).await;
    let privee = essai.lire("/territoires/commune/27401", &[("cookie", &lecteur)]).await;
    assert!(privee.texte.contains("Réseau occulte"), "{}", privee.texte);
    assert!(privee.entete("cache-control").contains("private"));
    assert_eq!(essai.lire("/partenaires/occulte/caue", &[]).await.statut, 404);
    let page = essai.lire("/partenaires/occulte/caue", &[("cookie", &lecteur)]).await;
    assert_eq!(page.statut, 200, "{}", page.texte);
    // What was kept for the one is not given to the other.
    let publique = essai.lire("/territoires/commune/27401", &[]).await.texte;
    assert!(!publique.contains("occulte"), "{publique}");
}

#[tokio::test]
async fn small_counts_are_masked_on_sheets_but_for_those_who_have_a_right() {
    let essai = Essai::nouveau().await;
    let mut dossier = servi("feuille-masquee", 5);
    dossier.declaration = format!("seuil_publication = 3\n{}", dossier.declaration);
    essai.pays.charger(&dossier).await;
    let publique = essai.lire("/territoires/commune/27501", &[]).await.texte;
    assert!(publique.contains("<td class=\"nombre\">non publié</td>"), "{publique}");
    assert!(publique.contains("moins de 3 demandes"), "{publique}");
    assert!(!publique.contains("<td class=\"nombre\">1</td>"), "{publique}");
    let regroupement =
        essai.lire("/territoires/regroupement/feuille-masquee/deux", &[]).await.texte;
    assert!(regroupement.contains("ne sont pas publiées"), "{regroupement}");
    let partenaire = essai.lire("/partenaires/feuille-masquee/caue", &[]).await.texte;
    assert!(
        partenaire.contains("ne publie pas ses demandes partenaire par partenaire"),
        "{partenaire}"
    );
    let lecteur =
        essai.entrer("lecteur@feuille-masquee.example", &["feuille-masquee:lecteur"]).await;
    let privee = essai.lire("/territoires/commune/27501", &[("cookie", &lecteur)]).await.texte;
    assert!(
        privee.contains("<td class=\"nombre\">1</td>") && !privee.contains("non publié"),
        "{privee}"
    );
}

#[tokio::test]
async fn a_partner_says_what_it_does_for_whom_and_where() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&servi("offre", 6)).await;
    let page = essai.lire("/partenaires/offre/caue", &[]).await;
    assert_eq!(page.statut, 200, "{}", page.texte);
    sans_code(&page.texte);
    for attendu in [
        "Partenaire de Réseau offre",
        "Bâtiments publics",
        "Rénover l'école &amp; la cour",
        "Pour : les communes",
        "1\u{a0}commune sur 2",
        "Hors intercommunalité",
        "/territoires/commune/27601",
        "le 1er\u{a0}janvier 2018",
        "tel:0475000001",
        "<th scope=\"row\">2017</th><td class=\"nombre\">1</td>",
        "/demander?reseau=offre&amp;partenaire=caue&amp;fiche=ecole",
    ] {
        assert!(page.texte.contains(attendu), "{attendu} : {}", page.texte);
    }
    // Nothing public to call: the desk.
    let sde = essai.lire("/partenaires/offre/sde", &[]).await.texte;
    assert!(
        sde.contains("guichet@reseau.example") && sde.contains("Aucune zone n’est en vigueur"),
        "{sde}"
    );
}

#[tokio::test]
async fn no_role_reads_on_a_page_what_is_kept_from_it() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "pages").await;
    let mut ferme = complet("pages-fermees");
    ferme.declaration = format!("public = false\n{}", ferme.declaration);
    essai.pays.charger(&ferme).await;
    for droits in
        [vec![], vec!["pages:lecteur"], vec!["pages:partenaire:caue"], vec!["pages:coordinateur"]]
    {
        let biscuit = match droits.as_slice() {
            [] => String::new(),
            [droit] => {
                essai.entrer(&format!("{}@pages.example", droit.replace(':', "-")), &[droit]).await
            }
            _ => unreachable!(),
        };
        for adresse in [
            "/territoires/commune/26001",
            "/territoires/departement/26",
            "/partenaires/pages/caue",
            "/partenaires/pages/sde",
        ] {
            let page = essai.lire(adresse, &[("cookie", &biscuit)]).await;
            assert_eq!(page.statut, 200, "{adresse} : {}", page.texte);
            sans_code(&page.texte);
            for secret in [
                "m@x.example",
                "Mme Maire",
                "Un « toit »",
                "pages-fermees",
                "Triangle",
                "Trop « large »",
            ] {
                assert!(!page.texte.contains(secret), "{droits:?} lit {secret} à {adresse}");
            }
        }
    }
}

#[tokio::test]
async fn a_commune_is_compared_with_its_epci_its_departement_and_those_of_its_size() {
    let pays = std::sync::Arc::new(Pays::nouveau("").await);
    indicateurs::calculer(&pays.base).await.unwrap();
    let essai = Essai::sur(pays).await;
    // Commune n has 400 n inhabitants: of 1,000 to 1,999, communes 3 and 4 of the département; 22,000 in the EPCI.
    let page = essai.lire("/territoires/commune/26003", &[]).await.texte;
    let population = page.split("Population municipale").nth(1).unwrap();
    let ligne = &population[..population.find("</tr>").unwrap()];
    let valeurs: Vec<&str> = ligne
        .split("<td class=\"nombre\">")
        .skip(1)
        .map(|reste| reste.split("</td>").next().unwrap().trim())
        .collect();
    assert_eq!(valeurs.len(), 4, "{ligne}");
    assert_eq!(
        (valeurs[0], valeurs[1], valeurs[3]),
        ("1\u{202f}200", "22\u{202f}000", "1\u{202f}600"),
        "{ligne}"
    );
    assert!(
        page.contains("1\u{a0}autre commune du département, de la classe « 1 000 à 1 999 »"),
        "{page}"
    );
    // What does not add up has no value for larger units, and its reason; area is not known of all.
    assert!(page.contains("non calculable") && page.contains("(partiel)"), "{page}");
    // The only one of its size has nobody to be compared with.
    let seule = essai.lire("/territoires/commune/26001", &[]).await.texte;
    assert!(seule.contains("Aucune autre commune du département"), "{seule}");
}

#[tokio::test]
async fn a_page_is_kept_until_the_data_change() {
    let essai = Essai::sur(pays().await).await;
    essai.pays.charger(&servi("gardee", 7)).await;
    let adresse = "/partenaires/gardee/caue";
    let page = essai.lire(adresse, &[]).await;
    let connue = page.entete("etag").to_owned();
    let inchangee = essai.lire(adresse, &[("if-none-match", &connue)]).await;
    assert_eq!(inchangee.statut, 304);
    let feuille = essai.lire("/fiches.css", &[]).await;
    assert!(
        feuille.entete("content-type").starts_with("text/css")
            && feuille.texte.contains("@media print")
    );
}
