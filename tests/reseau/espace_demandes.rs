//! The pages of demandes: a partner and a coordinator note, correct, load, take away and tell apart; nobody else does.

use axum::http::StatusCode;
use form_urlencoded::Serializer;

use crate::dossier::Reseau;
use crate::service::{Essai, Recue};

struct Espace {
    essai: Essai,
    reseau: &'static str,
    caue: String,
    sde: String,
    coordinateur: String,
    lecteur: String,
}

impl Espace {
    async fn nouveau(reseau: &'static str) -> Self {
        let essai = Essai::nouveau().await;
        essai.pays.charger(&Reseau::nouveau(reseau)).await;
        let [caue, sde, coordinateur, lecteur] = essai.gens(reseau).await;
        Self { essai, reseau, caue, sde, coordinateur, lecteur }
    }

    fn du_caue(&self) -> String {
        format!("/espace/{}/partenaires/caue/demandes", self.reseau)
    }

    async fn lire(&self, adresse: &str, biscuit: &str) -> Recue {
        self.essai.lire(adresse, &[("cookie", biscuit)]).await
    }

    async fn envoyer(&self, adresse: &str, biscuit: &str, champs: &[(&str, &str)]) -> Recue {
        let corps = Serializer::new(String::new()).extend_pairs(champs).finish();
        self.essai.envoyer(adresse, biscuit, &corps).await
    }

    /// Sends a table, and gives the address of the page that shows what it would change.
    async fn deposer(&self, nom: &str, octets: &[u8]) -> String {
        let adresse = format!("{}/import", self.du_caue());
        let recue = self.essai.envoyer_fichier(&adresse, &self.caue, nom, octets).await;
        assert_eq!(recue.statut, StatusCode::SEE_OTHER, "{}", recue.texte);
        recue.entete("location").to_owned()
    }

    async fn une(&self, question: &'static str) -> String {
        sqlx::query_scalar(question)
            .bind(self.reseau)
            .fetch_one(&mut self.essai.pays.base.connexion().await.unwrap())
            .await
            .unwrap()
    }

    async fn compter(&self) -> i64 {
        self.une("select count(*)::text from demande where reseau = $1").await.parse().unwrap()
    }
}

/// The value of a hidden field of a page.
fn cache<'p>(page: &'p str, nom: &str) -> &'p str {
    let debut = format!("type=\"hidden\" name=\"{nom}\" value=\"");
    let suite = page.split_once(&debut).unwrap_or_else(|| panic!("{nom} : {page}")).1;
    suite.split('"').next().unwrap()
}

const FAUTIF: &str = "Référence;Date de la demande;Collectivité;Thème;Objet\n\
    P1;03/02/2026;Commune 1;Bâtiments publics;Une école\n\
    P2;31/02/2026;Commune 2;Bâtiments publics;Un préau\n\
    P3;04/02/2026;Comune 3;Bâtiments publics;Une halle\n\
    P4;04/02/2026;Commune 4;Jardins;=2+3\n";

#[tokio::test]
async fn a_partner_sees_what_is_wrong_line_by_line_corrects_it_and_loads_it_again() {
    let espace = Espace::nouveau("pages-tableau").await;
    let choisir = espace.lire(&format!("{}/import", espace.du_caue()), &espace.caue).await;
    assert!(choisir.texte.contains("enctype=\"multipart/form-data\""), "{}", choisir.texte);
    let apercu = espace.deposer("suivi 2026.csv", FAUTIF.as_bytes()).await;
    let page = espace.lire(&apercu, &espace.caue).await;
    assert_eq!(page.statut, StatusCode::OK);
    for dit in [
        "suivi 2026.csv",
        "À corriger : 3 lignes",
        "31/02/2026",
        "calendrier",
        "Vouliez-vous dire",
        "« Jardins » n&#39;est pas un thème",
        "Garder les bonnes lignes (nouvelles : 1, changées : 0)",
        "Colonnes reconnues : 5 sur 5",
    ] {
        let dit = dit.replace("&#39;", "'");
        assert!(page.texte.contains(&dit), "{dit} : {}", page.texte);
    }
    // A reload shows it again; nothing is written yet.
    assert_eq!(espace.lire(&apercu, &espace.caue).await.texte, page.texte);
    // Another account does not find it.
    assert_eq!(espace.lire(&apercu, &espace.coordinateur).await.statut, StatusCode::NOT_FOUND);
    let tout = [("geste", "enregistrer"), ("attendue", cache(&page.texte, "attendue"))];
    let refus = espace.envoyer(&apercu, &espace.caue, &tout).await;
    assert_eq!((refus.statut, espace.compter().await), (StatusCode::UNPROCESSABLE_ENTITY, 0));

    let rapport = String::from_utf8(
        espace.essai.emporter(&format!("{apercu}/rapport.csv"), &espace.caue).await,
    )
    .unwrap();
    assert!(rapport.contains("'=2+3") && rapport.contains(";ligne;motif"), "{rapport}");
    let corrige = rapport
        .replace("31/02/2026", "28/02/2026")
        .replace("Comune 3", "Commune 3")
        .replace("Jardins", "Bâtiments publics");
    let garder = [("geste", "garder"), ("attendue", cache(&page.texte, "attendue"))];
    let garde = espace.envoyer(&apercu, &espace.caue, &garder).await;
    assert_eq!(garde.statut, StatusCode::SEE_OTHER, "{}", garde.texte);
    let liste = espace.lire(garde.entete("location"), &espace.caue).await;
    assert!(liste.texte.contains("Demandes nouvelles : 1 ; changées : 0"), "{}", liste.texte);
    let perdu = espace.lire(&apercu, &espace.caue).await;
    assert!(
        perdu.statut == StatusCode::NOT_FOUND && perdu.texte.contains("Choisissez-le de nouveau")
    );

    let apercu = espace.deposer("lignes-refusees.csv", corrige.as_bytes()).await;
    let page = espace.lire(&apercu, &espace.caue).await;
    assert!(page.texte.contains("Enregistrer ce tableau"), "{}", page.texte);
    let tout = [("geste", "enregistrer"), ("attendue", cache(&page.texte, "attendue"))];
    let fait = espace.envoyer(&apercu, &espace.caue, &tout).await;
    assert_eq!((fait.statut, espace.compter().await), (StatusCode::SEE_OTHER, 4), "{}", fait.texte);
    assert_eq!(
        espace.une("select objet from demande where reseau = $1 and reference = 'P4'").await,
        "=2+3"
    );
}

#[tokio::test]
async fn columns_and_words_that_are_not_known_are_said_on_the_page() {
    let espace = Espace::nouveau("pages-colonnes").await;
    let texte = "Quand;Lieu;Sujet de fond\n03/02/2026;26001;Le bâti\n";
    let apercu = espace.deposer("t.csv", texte.as_bytes()).await;
    let page = espace.lire(&apercu, &espace.caue).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.texte.contains("il manque une colonne pour date de la demande"), "{}", page.texte);
    let dites = [
        ("colonne:Quand", "date"),
        ("colonne:Lieu", "code"),
        ("colonne:Sujet de fond", "theme"),
        ("codes", ""),
        ("geste", "dire"),
    ];
    let relu = espace.envoyer(&apercu, &espace.caue, &dites).await;
    assert_eq!(relu.entete("location"), apercu, "{}", relu.texte);
    let page = espace.lire(&apercu, &espace.caue).await;
    assert!(page.texte.contains("Des mots que nous ne connaissons pas"), "{}", page.texte);
    let dites = [("valeur:theme:Le bâti", "batiments"), ("geste", "dire")];
    espace.envoyer(&apercu, &espace.caue, &dites).await;
    let page = espace.lire(&apercu, &espace.caue).await;
    let tout = [("geste", "enregistrer"), ("attendue", cache(&page.texte, "attendue"))];
    let fait = espace.envoyer(&apercu, &espace.caue, &tout).await;
    assert_eq!((fait.statut, espace.compter().await), (StatusCode::SEE_OTHER, 1), "{}", fait.texte);
    // A file that is no table is refused where another is chosen.
    let faux = espace.deposer("suivi.xlsx", b"%PDF-1.7").await;
    let dit = espace.lire(&faux, &espace.caue).await;
    assert_eq!(dit.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(dit.texte.contains("suivi.xlsx est un PDF, malgré son nom"), "{}", dit.texte);
    let vide = format!("{}/import", espace.du_caue());
    let vide = espace.essai.envoyer_fichier(&vide, &espace.caue, "", b"").await;
    assert_eq!(vide.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(vide.texte.contains("Choisissez-en un"), "{}", vide.texte);
}

#[tokio::test]
async fn what_changed_since_a_table_was_looked_at_is_looked_at_again() {
    let espace = Espace::nouveau("pages-entretemps").await;
    let texte = "ref;date;code;theme;objet\nP1;03/02/2026;26001;batiments;Un\n";
    let apercu = espace.deposer("t.csv", texte.as_bytes()).await;
    let vue = espace.lire(&apercu, &espace.caue).await;
    let autre = texte.replace(";Un\n", ";Deux\n");
    let adresse = format!("/api/demandes/import?reseau={}&partenaire=caue", espace.reseau);
    let autre = espace.essai.deposer(&adresse, &espace.coordinateur, autre.as_bytes()).await;
    assert_eq!(autre.statut, StatusCode::OK, "{}", autre.texte);
    let tout = [("geste", "enregistrer"), ("attendue", cache(&vue.texte, "attendue"))];
    let conflit = espace.envoyer(&apercu, &espace.caue, &tout).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT, "{}", conflit.texte);
    for dit in ["Des demandes ont changé depuis", "Deux", "Ce qui change"] {
        assert!(conflit.texte.contains(dit), "{dit} : {}", conflit.texte);
    }
    assert_eq!(espace.une("select objet from demande where reseau = $1").await, "Deux");
    let tout = [("geste", "enregistrer"), ("attendue", cache(&conflit.texte, "attendue"))];
    let fait = espace.envoyer(&apercu, &espace.caue, &tout).await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    assert_eq!(espace.une("select objet from demande where reseau = $1").await, "Un");
}

const NOUVELLE: [(&str, &str); 7] = [
    ("date", "2026-02-03"),
    ("beneficiaire", "Commune 1"),
    ("theme", "batiments"),
    ("objet", "Le toit <b>de</b> l'école"),
    ("etat", "en_cours"),
    ("contact_nom", "Mme Maire"),
    ("contact_courriel", "mairie@x.example"),
];

#[tokio::test]
async fn a_demande_is_noted_and_corrected_from_a_page_and_two_people_lose_nothing() {
    let espace = Espace::nouveau("pages-saisie").await;
    let nouvelle = format!("{}/nouvelle", espace.du_caue());
    let page = espace.lire(&nouvelle, &espace.caue).await;
    assert!(page.texte.contains("Noter cette demande"), "{}", page.texte);
    let faux: Vec<_> = NOUVELLE
        .iter()
        .map(|(nom, valeur)| (*nom, if *nom == "beneficiaire" { "Comune 1" } else { *valeur }))
        .collect();
    let refus = espace.envoyer(&nouvelle, &espace.caue, &faux).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refus.texte.contains("Vouliez-vous dire Commune 1 26001"), "{}", refus.texte);
    assert!(refus.texte.contains("Le toit &lt;b&gt;de"), "what was typed stays: {}", refus.texte);
    let notee = espace.envoyer(&nouvelle, &espace.caue, &NOUVELLE).await;
    assert_eq!(notee.statut, StatusCode::SEE_OTHER, "{}", notee.texte);
    let liste = espace.lire(notee.entete("location"), &espace.caue).await;
    assert!(liste.texte.contains("La demande est notée.") && liste.texte.contains("Commune 1"));
    assert!(!liste.texte.contains("Mme Maire"), "no contact in a list");
    // Sent twice, it is noted once, and that is said.
    let encore = espace.envoyer(&nouvelle, &espace.caue, &NOUVELLE).await;
    assert_eq!(encore.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(encore.texte.contains("a déjà une demande"), "{}", encore.texte);

    let id = espace.une("select id::text from demande where reseau = $1").await;
    let fiche = format!("{}/{id}", espace.du_caue());
    let page = espace.lire(&fiche, &espace.caue).await;
    assert!(page.texte.contains("value=\"Commune 1 (26001)\""), "{}", page.texte);
    let lu = cache(&page.texte, "lu")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let mut champs: Vec<(&str, &str)> = NOUVELLE
        .iter()
        .map(|(nom, valeur)| match *nom {
            "beneficiaire" => (*nom, "Commune 1 (26001)"),
            "objet" => (*nom, "Le préau"),
            _ => (*nom, *valeur),
        })
        .collect();
    champs.push(("lu", &lu));
    let corrigee = espace.envoyer(&fiche, &espace.caue, &champs).await;
    assert_eq!(corrigee.statut, StatusCode::SEE_OTHER, "{}", corrigee.texte);
    assert_eq!(
        espace.une("select concat(objet, revision) from demande where reseau = $1").await,
        "Le préau2"
    );
    // The coordinator had the first page before them: the change is said, and nothing is written over.
    let du_reseau = format!("/espace/{}/demandes/{id}", espace.reseau);
    let mut autres: Vec<(&str, &str)> = champs
        .iter()
        .map(|(nom, valeur)| (*nom, if *nom == "objet" { "Le gymnase" } else { *valeur }))
        .collect();
    autres.push(("partenaire", "caue"));
    let conflit = espace.envoyer(&du_reseau, &espace.coordinateur, &autres).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT, "{}", conflit.texte);
    assert!(conflit.texte.contains("Changé entre-temps en « Le préau »"), "{}", conflit.texte);
    assert!(conflit.texte.contains("caue@pages-saisie.example"), "{}", conflit.texte);
    assert!(conflit.texte.contains("Le gymnase</textarea>"), "{}", conflit.texte);
    assert_eq!(espace.une("select objet from demande where reseau = $1").await, "Le préau");
    // The contact stayed.
    assert_eq!(espace.une("select nom from contact where reseau = $1").await, "Mme Maire");
}

#[tokio::test]
async fn what_a_commune_sent_is_qualified_from_the_page() {
    let espace = Espace::nouveau("pages-recue").await;
    let mut connexion = espace.essai.pays.base.connexion().await.unwrap();
    sqlx::query(
        "insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat, origine)
         values ($1, 'EL-1', '2026-03-01', '{batiments}', '{caue}', 'commune', '26001', 2026, 'recue', 'en_ligne')",
    )
    .bind(espace.reseau)
    .execute(&mut connexion)
    .await
    .unwrap();
    let liste = espace.lire(&espace.du_caue(), &espace.caue).await;
    assert!(liste.texte.contains("Reçues en ligne en 2026, à qualifier : 1"), "{}", liste.texte);
    let id = espace.une("select id::text from demande where reseau = $1").await;
    let fiche = format!("{}/{id}", espace.du_caue());
    let page = espace.lire(&fiche, &espace.caue).await;
    assert!(page.texte.contains("Qualifier cette demande"), "{}", page.texte);
    let lu = cache(&page.texte, "lu").replace("&quot;", "\"");
    let champs = [
        ("date", "2026-03-01"),
        ("beneficiaire", "Commune 1 (26001)"),
        ("theme", "batiments"),
        ("etat", "en_cours"),
        ("lu", &lu),
    ];
    let qualifiee = espace.envoyer(&fiche, &espace.caue, &champs).await;
    assert_eq!(qualifiee.statut, StatusCode::SEE_OTHER, "{}", qualifiee.texte);
    assert_eq!(
        espace.une("select concat(etat, comptee, origine) from demande where reseau = $1").await,
        "en_courst".to_owned() + "en_ligne"
    );
}

#[tokio::test]
async fn nobody_keeps_the_demandes_of_another() {
    let espace = Espace::nouveau("pages-droits").await;
    let notee =
        espace.envoyer(&format!("{}/nouvelle", espace.du_caue()), &espace.caue, &NOUVELLE).await;
    assert_eq!(notee.statut, StatusCode::SEE_OTHER, "{}", notee.texte);
    let id = espace.une("select id::text from demande where reseau = $1").await;
    let (caue, reseau) = (espace.du_caue(), format!("/espace/{}/demandes", espace.reseau));
    let sde = format!("/espace/{}/partenaires/sde/demandes", espace.reseau);
    for suite in ["", "/nouvelle", "/import", "/2026.csv", "/2026.xlsx", &format!("/{id}")] {
        for (qui, adresses) in [
            (&espace.sde, vec![&caue, &reseau]),
            (&espace.caue, vec![&sde, &reseau]),
            (&espace.lecteur, vec![&caue, &sde, &reseau]),
        ] {
            for adresse in adresses {
                let recue = espace.lire(&format!("{adresse}{suite}"), qui).await;
                assert_eq!(recue.statut, StatusCode::NOT_FOUND, "{adresse}{suite}");
                assert!(!recue.texte.contains("école"), "{}", recue.texte);
            }
        }
        // Whoever is not known signs in first.
        let recue = espace.lire(&format!("{caue}{suite}"), "").await;
        assert_eq!(recue.statut, StatusCode::SEE_OTHER);
        assert!(recue.entete("location").starts_with("/connexion?suite="), "{}", recue.texte);
    }
    // In their own space, the number of another's demande is nothing.
    let recue = espace.lire(&format!("{sde}/{id}"), &espace.sde).await;
    assert_eq!(recue.statut, StatusCode::NOT_FOUND);
    for suite in ["/nouvelle", &format!("/{id}")] {
        let recue = espace.envoyer(&format!("{caue}{suite}"), &espace.sde, &NOUVELLE).await;
        assert_eq!(recue.statut, StatusCode::NOT_FOUND, "{}", recue.texte);
    }
    let envoye = espace
        .essai
        .envoyer_fichier(&format!("{caue}/import"), &espace.sde, "t.csv", b"a;b\n")
        .await;
    assert_eq!(envoye.statut, StatusCode::NOT_FOUND);
    assert_eq!(espace.compter().await, 1);
    // From another site, nothing.
    let adresse = format!("{caue}/nouvelle");
    let entetes = [("sec-fetch-site", "cross-site"), ("cookie", espace.caue.as_str())];
    let recue = espace
        .essai
        .demander(axum::http::Method::POST, &adresse, &entetes, "date=2026-01-01")
        .await;
    assert_eq!(recue.statut, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_year_is_taken_away_without_formulas_nor_contacts_and_comes_back_unchanged() {
    let espace = Espace::nouveau("pages-annee").await;
    let texte = "ref;date;code;theme;objet;etat;jours;suite;contact;courriel;partenaires associés\n\
        =1+1;03/02/2026;26001;batiments;\"=HYPERLINK(\"\"http://x\"\")\";Terminé;1,5;@suite;Anne;a@x.example;sde\n\
        P2;04/02/2026;26399;eau-potable|batiments;-3;;;;;;\n\
        P3;05/02/2026;200040459;batiments;\"Deux\nlignes\";Brouillon;;;;;\n";
    let adresse = format!("/api/demandes/import?reseau={}", espace.reseau);
    let charge = espace.essai.deposer(&adresse, &espace.caue, texte.as_bytes()).await;
    assert_eq!(charge.statut, StatusCode::OK, "{}", charge.texte);
    let csv = espace.essai.emporter(&format!("{}/2026.csv", espace.du_caue()), &espace.caue).await;
    let xlsx =
        espace.essai.emporter(&format!("{}/2026.xlsx", espace.du_caue()), &espace.caue).await;
    let lu = String::from_utf8(csv.clone()).unwrap();
    for dit in ["'=1+1", "'=HYPERLINK", "'-3", "'@suite", "Bâtiments publics", "Terminée", "1,5"]
    {
        assert!(lu.contains(dit), "{dit} : {lu}");
    }
    assert!(!lu.contains("Anne") && !lu.contains("a@x.example"), "{lu}");
    for octets in [csv, xlsx] {
        let adresse = format!("{adresse}&essai=true");
        let rendu = espace.essai.deposer(&adresse, &espace.caue, &octets).await;
        assert_eq!(rendu.statut, StatusCode::OK, "{}", rendu.texte);
        let rendu = rendu.json();
        assert_eq!(
            (&rendu["identiques"], &rendu["refusees"], &rendu["disparues"]),
            (&3.into(), &0.into(), &0.into()),
            "{rendu}"
        );
    }
    let du_reseau = format!("/espace/{}/demandes/2026.csv", espace.reseau);
    let tout = espace.essai.emporter(&du_reseau, &espace.coordinateur).await;
    assert_eq!(String::from_utf8(tout).unwrap(), lu);
    for faux in ["2026.pdf", "abc.csv", "99999.csv", "x"] {
        let recue = espace.lire(&format!("{}/{faux}", espace.du_caue()), &espace.caue).await;
        assert_eq!(recue.statut, StatusCode::NOT_FOUND, "{faux}");
    }
}

#[tokio::test]
async fn a_coordinator_tells_doublons_apart_on_a_page() {
    let espace = Espace::nouveau("pages-doublons").await;
    let texte = "ref;date;code;theme;partenaire;objet\nC1;03/02/2026;26001;batiments;caue;Une école\n\
        A1;05/02/2026;26001;batiments;adil;Une école aussi\nC2;03/02/2026;26002;batiments;caue;Un préau\n\
        A2;05/02/2026;26002;batiments;adil;Un mur\n";
    let adresse = format!("/api/demandes/import?reseau={}", espace.reseau);
    let charge = espace.essai.deposer(&adresse, &espace.coordinateur, texte.as_bytes()).await;
    assert_eq!(charge.json()["doublons"], 2, "{}", charge.texte);
    let doublons = format!("/espace/{}/demandes/doublons", espace.reseau);
    assert_eq!(espace.lire(&doublons, &espace.caue).await.statut, StatusCode::NOT_FOUND);
    let page = espace.lire(&doublons, &espace.coordinateur).await;
    for dit in ["Paires à départager : 2", "Une école aussi", "C&#39;est la même"] {
        assert!(page.texte.contains(&dit.replace("&#39;", "'")), "{dit} : {}", page.texte);
    }
    let (une, autre) =
        (cache(&page.texte, "une").to_owned(), cache(&page.texte, "autre").to_owned());
    let champs = [("une", une.as_str()), ("autre", autre.as_str()), ("decision", "fusion")];
    let refus = espace.envoyer(&doublons, &espace.caue, &champs).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{}", refus.texte);
    let fait = espace.envoyer(&doublons, &espace.coordinateur, &champs).await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    assert_eq!(
        espace.une("select concat(reference, partenaires) from demande where reseau = $1 and reference = 'C1'").await,
        "C1{caue,adil}"
    );
    // Decided by somebody else meanwhile, it is said.
    let encore = espace.envoyer(&doublons, &espace.coordinateur, &champs).await;
    assert_eq!(encore.statut, StatusCode::CONFLICT, "{}", encore.texte);
    assert!(encore.texte.contains("relisez la page"), "{}", encore.texte);
    let page = espace.lire(&doublons, &espace.coordinateur).await;
    let (une, autre) =
        (cache(&page.texte, "une").to_owned(), cache(&page.texte, "autre").to_owned());
    let champs = [("une", une.as_str()), ("autre", autre.as_str()), ("decision", "garde")];
    espace.envoyer(&doublons, &espace.coordinateur, &champs).await;
    let page = espace.lire(&doublons, &espace.coordinateur).await;
    assert!(page.texte.contains("Aucun doublon possible"), "{}", page.texte);
    assert_eq!(
        espace
            .une(
                "select string_agg(decision, ',' order by decision) from doublon where reseau = $1"
            )
            .await,
        "fusion,garde"
    );
}
