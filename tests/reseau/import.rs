//! Loading a folder: all or nothing but for the rows set aside, and those are said.

use sqlx::{Connection, Executor};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

#[tokio::test]
async fn rows_set_aside_are_said_with_file_line_column_and_what_to_do() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("refus")
        .avec("partenaires_themes.csv", "caue,inconnu\ncaue,eau\n")
        .avec("perimetre.csv", "commune,29400,Commune 1,2019\ncommune,2601,Commune,2019\n")
        .avec("zones.csv", "z,inconnu,,commune,26001,2010-01-01,\nz,caue,,commune,26001,2010,\n")
        .avec(
            "demandes.csv",
            "D1,2018-03-01,caue,,eau-potable,commune,26999999,2019,,terminee\n\
             D2,2018-03-01,caue,sde|inconnu,eau-potable,commune,26001,2019,,terminee\n\
             D3,2018-03-01,caue,,eau-potable,autre,autre-9,2019,,terminee\n\
             D4,2018-03-01,caue,,eau-potable,commune,26001,2019,,rejetee\n\
             D5,2018-03-01,caue,,eau-potable,commune,26001,2019,,terminee\n\
             D5,2018-03-02,caue,,eau-potable,commune,26001,2019,,terminee\n",
        );
    let bilan = pays.charger(&reseau).await;
    let lieux: Vec<String> = bilan
        .rejets
        .iter()
        .map(|rejet| format!("{}:{}:{}", rejet.fichier, rejet.numero, rejet.colonne))
        .collect();
    assert_eq!(
        lieux,
        [
            "partenaires_themes.csv:7:theme",
            "partenaires_themes.csv:8:theme",
            "perimetre.csv:14:code",
            "perimetre.csv:15:code",
            "zones.csv:2:partenaire",
            "zones.csv:3:debut",
            "demandes.csv:2:beneficiaire",
            "demandes.csv:3:partenaires_associes",
            "demandes.csv:4:beneficiaire",
            "demandes.csv:5:etat",
            "demandes.csv:7:reference",
        ]
    );
    let raison = &bilan.rejets[2].raison;
    assert!(raison.contains("code postal") && raison.contains("Commune 1 26001"), "{raison}");
    assert!(bilan.rejets[3].raison.contains("zéro"), "{}", bilan.rejets[3].raison);
    // The good row of the file is there.
    let couverture = pays.lire("/api/couverture?reseau=refus").await;
    assert_eq!(couverture["totaux"]["demandes"], 1);
}

/// Everything a réseau holds, as one text.
async fn contenu(pays: &Pays, reseau: &str) -> String {
    let mut connexion = pays.base.connexion().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'reseau' order by 1",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let mut tout = String::new();
    for table in tables {
        let question = format!(
            "select coalesce(string_agg(t.ligne, E'\\n' order by t.ligne), '')
             from (select t::text as ligne from {table} t where reseau = $1) t"
        );
        let lignes: String = sqlx::query_scalar(sqlx::AssertSqlSafe(question))
            .bind(reseau)
            .fetch_one(&mut connexion)
            .await
            .unwrap();
        tout += &lignes;
    }
    tout
}

#[tokio::test]
async fn the_same_folder_loaded_twice_changes_nothing() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("deux-fois")
        .avec("zones.csv", "z,caue,,epci,200040459,2010-01-01,\n")
        .avec(
            "demandes.csv",
            "D1,2018-03-01,caue,sde,eau-potable,commune,26001,2019,Un objet,terminee\n",
        );
    pays.charger(&reseau).await;
    let avant = contenu(&pays, "deux-fois").await;
    assert!(avant.contains("Un objet"));
    pays.charger(&reseau).await;
    assert_eq!(contenu(&pays, "deux-fois").await, avant);
}

#[tokio::test]
async fn a_broken_folder_changes_nothing() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("casse")
        .avec("demandes.csv", "D1,2018-03-01,caue,,eau-potable,commune,26001,2019,,terminee\n");
    pays.charger(&reseau).await;
    let avant = contenu(&pays, "casse").await;

    let erreur = pays.essayer(&reseau.clone().sans("zones.csv")).await.unwrap_err().to_string();
    assert!(erreur.contains("zones.csv"), "{erreur}");
    let mut sans_annee = reseau.clone();
    sans_annee.declaration = sans_annee.declaration.replace("annee = 2018", "annee = deux");
    let erreur = pays.essayer(&sans_annee).await.unwrap_err().to_string();
    assert!(erreur.contains("reseau.toml, ligne 4"), "{erreur}");
    let sans_colonne = reseau.clone().sans("zones.csv").avec("zones.csv", "code,partenaire\n");
    let erreur = pays.essayer(&sans_colonne).await.unwrap_err().to_string();
    assert!(erreur.contains("theme"), "{erreur}");
    assert_eq!(contenu(&pays, "casse").await, avant);
}

#[tokio::test]
async fn a_load_replaces_the_rows_of_its_reseau_and_no_others() {
    let pays = pays().await;
    let ligne = "D1,2018-03-01,caue,,eau-potable,commune,26001,2019,,terminee\n";
    pays.charger(&Reseau::nouveau("un").avec("demandes.csv", ligne)).await;
    pays.charger(&Reseau::nouveau("autre").avec("demandes.csv", ligne)).await;
    let avant = contenu(&pays, "un").await;
    pays.charger(&Reseau::nouveau("autre")).await;
    assert_eq!(contenu(&pays, "un").await, avant);
    assert_eq!(pays.lire("/api/couverture?reseau=autre").await["totaux"]["demandes"], 0);
}

#[tokio::test]
async fn a_body_with_a_siren_is_one_in_all_its_reseaux() {
    let pays = pays().await;
    let ligne = "parc,Parc naturel,,parc,200040517,,,,\n";
    let autre_nom = "parc,Le parc,,parc,200040517,,,,\n";
    pays.charger(&Reseau::nouveau("parc-un").avec("partenaires.csv", ligne)).await;
    let bilan =
        pays.charger(&Reseau::nouveau("parc-deux").avec("partenaires.csv", autre_nom)).await;
    assert!(
        bilan.remarques.iter().any(|remarque| remarque.contains("Parc naturel")),
        "{:?}",
        bilan.remarques
    );
    let nombre: i64 =
        sqlx::query_scalar("select count(*) from organisme where siren = '200040517'")
            .fetch_one(&mut pays.base.connexion().await.unwrap())
            .await
            .unwrap();
    assert_eq!(nombre, 1);
}

#[tokio::test]
async fn a_drawn_zone_covers_communes_of_which_it_holds_half() {
    let pays = pays().await;
    // Commune 1 spans 528000–536000 m east: the surface holds 1 whole, three quarters of 2, and a
    // quarter of 3.
    let dessin = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
        "properties": {"code": "dessin", "partenaire": "caue", "theme": null, "debut": "2015-01-01", "nom": "Dessin"},
        "geometry": {"type": "Polygon", "coordinates": [[
          [4.743094, 44.0], [4.868865, 44.0], [4.868865, 44.4], [4.743094, 44.4], [4.743094, 44.0]]]}}]}"#;
    let reseau = Reseau::nouveau("dessin").avec("zones/a.geojson", dessin);
    let bilan = pays.charger(&reseau).await;
    assert_eq!(bilan.rejets, []);
    let parts: Vec<(String, f64, bool)> = sqlx::query_as(
        "select commune, part, couverte from zone_commune where reseau = 'dessin' and dans_perimetre order by 1",
    )
    .fetch_all(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let lisibles: Vec<_> = parts
        .iter()
        .map(|(code, part, couverte)| (code.as_str(), (part * 100.0).round(), *couverte))
        .collect();
    assert_eq!(lisibles, [("26001", 100.0, true), ("26002", 75.0, true)]);
}

#[tokio::test]
async fn a_crossed_surface_and_swapped_coordinates_are_refused_with_their_place() {
    let pays = pays().await;
    let objet = |code: &str, points: &str| {
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "{code}", "partenaire": "caue", "debut": "2015-01-01"}},
               "geometry": {{"type": "Polygon", "coordinates": [[{points}]]}}}}"#
        )
    };
    let croise = objet("croise", "[4.7,44.2],[4.9,44.4],[4.9,44.2],[4.7,44.4],[4.7,44.2]");
    let hors = objet("hors", "[644.2,4.7],[644.4,4.7],[644.4,4.9],[644.2,4.7]");
    let dessin = format!(r#"{{"type": "FeatureCollection", "features": [{croise}, {hors}]}}"#);
    let bilan = pays.charger(&Reseau::nouveau("tordu").avec("zones/b.geojson", &dessin)).await;
    let lieux: Vec<_> = bilan.rejets.iter().map(ToString::to_string).collect();
    assert!(lieux[0].starts_with("zones/b.geojson, objet 1, geometry : Le contour"), "{lieux:?}");
    assert!(
        lieux[1].starts_with("zones/b.geojson, objet 2, geometry : La surface sort"),
        "{lieux:?}"
    );
}

#[tokio::test]
async fn a_new_millesime_resolves_zones_again() {
    let pays = pays().await;
    pays.charger(
        &Reseau::nouveau("renoue").avec("zones.csv", "z,caue,,commune,26001,2010-01-01,\n"),
    )
    .await;
    let avant = contenu(&pays, "renoue").await;
    let mut connexion = pays.base.connexion().await.unwrap();
    // Other tests resolve too: one at a time.
    let mut transaction = connexion.begin().await.unwrap();
    maillage::partenaires::attendre_son_tour(&mut transaction).await.unwrap();
    transaction.execute("delete from zone_commune where reseau = 'renoue'").await.unwrap();
    transaction.execute("delete from zone_contour where reseau = 'renoue'").await.unwrap();
    transaction.commit().await.unwrap();
    maillage::partenaires::resoudre_tout(&pays.base).await.unwrap();
    assert_eq!(contenu(&pays, "renoue").await, avant);
}
