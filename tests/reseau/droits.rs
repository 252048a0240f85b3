//! Who may read: the database says so, whatever the query.

use maillage::comptes::Principal;
use sqlx::{AssertSqlSafe, Executor};

use crate::dossier::Reseau;
use crate::pays::pays;

/// Tables that hold rows of réseaux: those that name one, and the bodies behind their partners.
const TABLES: &str = "select c.relname::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'
      and (c.relname in ('reseau', 'organisme') or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'reseau'))";

#[tokio::test]
async fn every_table_of_reseaux_forces_row_security() {
    let pays = pays().await;
    let mut connexion = pays.base.connexion().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connexion).await.unwrap();
    assert!(tables.len() >= 15, "{tables:?}");
    let libres: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "select relname::text from pg_class
         where relname in ({TABLES}) and not (relrowsecurity and relforcerowsecurity)"
    )))
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    assert_eq!(libres, Vec::<String>::new());
}

#[tokio::test]
async fn the_role_of_the_service_owns_nothing_and_passes_no_policy() {
    let pays = pays().await;
    let mut connexion = pays.base.connexion().await.unwrap();
    for role in ["maillage_service", "maillage_lecture"] {
        let (pouvoirs, roles): (bool, i64) = sqlx::query_as(
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication,
               (select count(*) from pg_auth_members m where m.member = r.oid)
             from pg_roles r where rolname = $1",
        )
        .bind(role)
        .fetch_one(&mut connexion)
        .await
        .unwrap();
        assert_eq!((pouvoirs, roles), (false, 0), "{role}");
        let siens: i64 = sqlx::query_scalar(
            "select (select count(*) from pg_class where relowner = $1::regrole)
               + (select count(*) from pg_proc where proowner = $1::regrole)
               + (select count(*) from pg_type where typowner = $1::regrole)
               + (select count(*) from pg_namespace where nspowner = $1::regrole)
               + (select count(*) from pg_database where datdba = $1::regrole)",
        )
        .bind(role)
        .fetch_one(&mut connexion)
        .await
        .unwrap();
        assert_eq!(siens, 0, "{role}");
        // Nor makes anything of its own.
        let cree: bool = sqlx::query_scalar(
            "select has_schema_privilege($1, 'public', 'create') or has_database_privilege($1, current_database(), 'create')
               or has_database_privilege($1, current_database(), 'temporary')",
        )
        .bind(role)
        .fetch_one(&mut connexion)
        .await
        .unwrap();
        assert!(!cree, "{role}");
    }
}

#[tokio::test]
async fn a_transaction_without_principal_sees_no_row() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("droits")
        .avec("zones.csv", "z,caue,,commune,26001,2010-01-01,\n")
        .avec("demandes.csv", "D1,2018-03-01,caue,,eau-potable,commune,26399,2019,,terminee\n");
    pays.charger(&reseau).await;
    let mut proprietaire = pays.base.connexion().await.unwrap();
    // The others are refused to everybody.
    let lisibles =
        format!("{TABLES} and has_any_column_privilege('maillage_service', c.oid, 'select')");
    let tables: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(lisibles)).fetch_all(&mut proprietaire).await.unwrap();
    let piscine = pays.base.piscine();
    let mut lues = 0;
    for table in tables {
        let compter = || AssertSqlSafe(format!("select count(*) from {table}"));
        let personne: i64 = sqlx::query_scalar(compter()).fetch_one(&piscine).await.unwrap();
        assert_eq!(personne, 0, "{table}");
        let mut transaction = Principal::Public.transaction(&piscine).await.unwrap();
        let public: i64 = sqlx::query_scalar(compter()).fetch_one(&mut *transaction).await.unwrap();
        lues += i32::from(public > 0);
        transaction.commit().await.unwrap();
        // The principal ends with its transaction, on whichever connection.
        let apres: i64 = sqlx::query_scalar(compter()).fetch_one(&piscine).await.unwrap();
        assert_eq!(apres, 0, "{table}");
    }
    assert!(lues >= 14, "{lues}");
}

#[tokio::test]
async fn a_reseau_that_is_not_public_does_not_exist_for_the_public() {
    let pays = pays().await;
    let mut reseau =
        Reseau::nouveau("cache").avec("zones.csv", "z,caue,,commune,26008,2010-01-01,\n");
    reseau.declaration = format!("public = false\n{}", reseau.declaration);
    pays.charger(&reseau).await;
    pays.refus("/api/reseaux/cache", 404).await;
    pays.refus("/api/couverture?reseau=cache", 404).await;
    let liste = pays.lire("/api/reseaux").await.to_string();
    assert!(!liste.contains("\"cache\""));
    let aide = pays.lire("/api/aide?territoire=commune:26008").await.to_string();
    assert!(!aide.contains("\"cache\""));
}

#[tokio::test]
async fn the_public_writes_nothing() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("ecrit")).await;
    let piscine = pays.base.piscine();
    for ordre in [
        "update reseau set nom = 'x'",
        "delete from demande",
        "insert into organisme (code, nom) values ('x', 'x')",
        "alter table demande disable row level security",
    ] {
        let mut transaction = Principal::Public.transaction(&piscine).await.unwrap();
        // A row that a policy does not show is no error, and is not written.
        let fait = transaction.execute(ordre).await;
        assert!(fait.is_err() || fait.is_ok_and(|fait| fait.rows_affected() == 0), "{ordre}");
    }
}
