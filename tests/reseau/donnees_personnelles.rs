//! What is held about people: said by the database, given, erased.

use axum::http::StatusCode;
use maillage::comptes::donnees::{self, Oubli};
use sqlx::Connection;

use crate::complet::peupler;
use crate::pays::pays;
use crate::service::Essai;

#[tokio::test]
async fn every_column_that_looks_personal_says_what_it_is() {
    let pays = pays().await;
    let muettes: Vec<String> = sqlx::query_scalar(
        r"select c.relname || '.' || a.attname
          from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and (c.relname in (select nom from donnees_personnelles)
                and a.attname ~ '^(nom|courriel|telephone|fonction|adresse|navigateur|empreinte|auteur|cle)$'
                and not (c.relname = 'journal' and a.attname = 'cle')
              -- Of bodies, and of files, these are public.
              or a.attname in ('courriel', 'telephone', 'adresse', 'empreinte', 'siret')
                and c.relname not in ('partenaire', 'demande_particuliere', 'rapport_publie', 'source_de_territoires'))
            and (col_description(c.oid, a.attnum) is null
              or c.relname not in (select nom from donnees_personnelles))
          order by 1",
    )
    .fetch_all(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(muettes, Vec::<String>::new());
}

#[tokio::test]
async fn the_page_says_what_the_database_holds_and_how_long_each_reseau_keeps_it() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "publie").await;
    let page = essai.lire("/donnees-personnelles", &[]).await;
    assert_eq!(page.statut, StatusCode::OK);
    for phrase in
        ["Adresse IP", "Personnes à joindre", "Réseau « publie »", "<td>24</td>", "douze heures"]
    {
        assert!(page.texte.contains(phrase), "{phrase} : {}", page.texte);
    }
    let biscuit = essai.entrer("duree@publie.example", &[]).await;
    assert!(!biscuit.is_empty());
    let heures: i32 = sqlx::query_scalar(
        "select (extract(epoch from s.expire_le - s.ouverte_le) / 3600)::integer
         from session s join compte c on c.id = s.compte where c.courriel = 'duree@publie.example'",
    )
    .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert_eq!(heures, 12);
}

#[tokio::test]
async fn what_is_held_about_somebody_is_given_then_erased_and_the_demandes_stay() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "dossier").await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    // The same person signs in, and is the contact of a demande.
    let courriel = "Anne@dossier.example";
    let coordinateur = essai.entrer(courriel, &["dossier:coordinateur"]).await;
    sqlx::query(
        "insert into contact (reseau, demande, nom, courriel, recueilli_le)
         select reseau, min(id), 'Anne', 'anne@DOSSIER.example', current_date
         from demande where reseau = 'dossier' group by reseau",
    )
    .execute(&mut connexion)
    .await
    .unwrap();
    let invite = "nom=Luc&courriel=luc@dossier.example&droit=dossier:lecteur";
    assert_eq!(essai.envoyer("/espace/equipe", &coordinateur, invite).await.statut, StatusCode::OK);

    let dossier = donnees::dossier(&mut connexion, courriel).await.unwrap();
    assert_eq!(dossier["contacts"][0]["nom"], "Anne");
    assert_eq!(dossier["droits"][0]["role"], "coordinateur");
    assert_eq!(dossier["sessions"].as_array().unwrap().len(), 1);
    assert!(dossier["journal"].to_string().contains("luc@dossier.example"), "{dossier}");
    assert!(!dossier.to_string().contains("argon2") && !dossier.to_string().contains("empreinte"));
    // The page gives the same but contacts: whoever invited may have typed the address of another.
    let donne = essai.lire("/espace/mes-donnees.json", &[("cookie", &coordinateur)]).await;
    assert!(donne.entete("content-disposition").contains("attachment"));
    assert_eq!(donne.json()["compte"]["courriel"], "anne@dossier.example");
    assert_eq!(donne.json().get("contacts"), None);
    assert_eq!(essai.lire("/espace/mes-donnees.json", &[]).await.statut, StatusCode::UNAUTHORIZED);

    let avant: i64 = sqlx::query_scalar("select count(*) from demande where reseau = 'dossier'")
        .fetch_one(&mut connexion)
        .await
        .unwrap();
    let mut transaction = connexion.begin().await.unwrap();
    let oubli = donnees::oublier(&mut transaction, courriel).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((oubli.contacts, oubli.comptes), (1, 1));
    assert!(oubli.lignes >= 2, "{oubli:?}");
    let reste = donnees::dossier(&mut connexion, courriel).await.unwrap();
    assert_eq!(reste["journal"].to_string() + &reste["contacts"].to_string(), "[][]");
    let ailleurs: i64 =
        sqlx::query_scalar("select count(*) from journal j where j::text ilike '%anne@dossier%'")
            .fetch_one(&mut connexion)
            .await
            .unwrap();
    assert_eq!(ailleurs, 0);
    let apres: i64 = sqlx::query_scalar("select count(*) from demande where reseau = 'dossier'")
        .fetch_one(&mut connexion)
        .await
        .unwrap();
    assert_eq!(apres, avant);
    let rien = donnees::oublier(&mut connexion, courriel).await.unwrap();
    assert_eq!(rien, Oubli { contacts: 0, comptes: 0, lignes: 0 });
}

#[tokio::test]
async fn a_coordinator_reads_what_was_written_in_their_reseau_without_contacts() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "ecrit").await;
    let coordinateur = essai.entrer("coord@ecrit.example", &["ecrit:coordinateur"]).await;
    let lecteur = essai.entrer("lecteur@ecrit.example", &["ecrit:lecteur"]).await;
    let journal = essai.lire("/espace/journal?reseau=ecrit", &[("cookie", &coordinateur)]).await;
    assert_eq!(journal.statut, StatusCode::OK);
    for phrase in ["changement : zone", "Il manque une commune.", "essai"] {
        assert!(journal.texte.contains(phrase), "{phrase} : {}", journal.texte);
    }
    assert!(!journal.texte.contains("m@x.example") && !journal.texte.contains("Mme Maire"));
    let rien = essai.lire("/espace/journal?reseau=ecrit", &[("cookie", &lecteur)]).await;
    assert!(rien.texte.contains("Aucune écriture"), "{}", rien.texte);
    assert_eq!(essai.lire("/espace/journal", &[]).await.statut, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_past_its_time_goes_and_the_rest_stays() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "perime").await;
    let biscuit = essai.entrer("garde@perime.example", &["perime:lecteur"]).await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    // Nothing that other tests have may be old: only what is aged here.
    let mut transaction = connexion.begin().await.unwrap();
    for ordre in [
        "update journal set le = now() - interval '25 months' where reseau = 'perime' and objet = 'zone'",
        "insert into compte (courriel, nom, cree_le) values ('jamais@perime.example', 'J', now() - interval '2 years')",
        "insert into tentative values ('vieille@perime', now() - interval '2 days')",
    ] {
        sqlx::query(ordre).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let essai_blanc = donnees::oublier_les_perimes(&mut connexion, true).await.unwrap();
    let faits = donnees::oublier_les_perimes(&mut connexion, false).await.unwrap();
    assert_eq!(faits, essai_blanc);
    let nombre = |quoi: &str| faits.iter().find(|(nom, _)| nom == quoi).unwrap().1;
    assert!(nombre("Journal des écritures") > 0, "{faits:?}");
    assert_eq!((nombre("Comptes"), nombre("Connexions manquées")), (1, 1));
    assert!(essai.moi(&biscuit).await["courriel"] == "garde@perime.example");
    let restent: i64 = sqlx::query_scalar(
        "select count(*) from journal where reseau = 'perime' and objet = 'partenaire'",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert!(restent > 0);
}

#[tokio::test]
async fn no_log_holds_a_contact() {
    let essai = Essai::nouveau().await;
    peupler(&essai.pays, "journaux").await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    // A row that the database refuses, which it would quote.
    for ordre in [
        "insert into contact (reseau, demande, nom, courriel, recueilli_le)
         select reseau, id, 'Mme Indiscrète', 'indiscrete@x.example', null from demande where reseau = 'journaux'",
        "insert into contact (reseau, demande, nom, courriel, recueilli_le)
         select reseau, min(id), 'Mme Indiscrète', 'indiscrete@x.example', '2026-01-01'
         from demande, generate_series(1, 2) where reseau = 'journaux' group by reseau, generate_series",
    ] {
        assert!(sqlx::query(ordre).execute(&mut connexion).await.is_err());
    }
    let journal = essai.pays.journal_du_serveur();
    assert!(journal.contains("violates"), "{journal}");
    // What is written in a statement is ours: values come apart, as parameters.
    let sans_ordres: Vec<&str> = journal
        .lines()
        .filter(|ligne| ligne.starts_with("20") && !ligne.contains("STATEMENT:"))
        .collect();
    assert!(!sans_ordres.iter().any(|ligne| ligne.contains("ndiscr")), "{sans_ordres:?}");
    assert!(!journal.contains("DETAIL:"), "{journal}");
}
