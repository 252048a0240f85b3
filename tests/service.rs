//! A running service: it follows its data, survives its database, and leaves nothing behind.

#[path = "service/assauts.rs"]
mod assauts;
mod commun;
#[path = "reseau/dossier.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod reseau;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use commun::{Dossier, QUATRE, carre};

struct Service {
    processus: Child,
    adresse: String,
}

impl Service {
    fn lancer(dossier: &Dossier) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let adresse = format!("127.0.0.1:{port}");
        let processus = dossier
            .maillage()
            .args(["serve", "--adresse", &adresse])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self { processus, adresse };
        service.attendre("/ready", 200, Duration::from_secs(60));
        service
    }

    /// Status and whole text of an answer.
    fn demander(&self, chemin: &str) -> Option<(u16, String)> {
        let mut lien = TcpStream::connect(&self.adresse).ok()?;
        write!(lien, "GET {chemin} HTTP/1.1\r\nHost: maillage\r\nConnection: close\r\n\r\n")
            .ok()?;
        let mut reponse = Vec::new();
        lien.read_to_end(&mut reponse).ok()?;
        let texte = String::from_utf8_lossy(&reponse).into_owned();
        Some((texte.split(' ').nth(1)?.parse().ok()?, texte))
    }

    fn attendre(&self, chemin: &str, statut: u16, delai: Duration) {
        let debut = Instant::now();
        while self.demander(chemin).is_none_or(|(lu, _)| lu != statut) {
            assert!(debut.elapsed() < delai, "{chemin} is not {statut} after {delai:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn etag(&self, chemin: &str) -> String {
        let (statut, texte) = self.demander(chemin).unwrap();
        assert_eq!(statut, 200);
        texte.lines().find(|ligne| ligne.starts_with("etag:")).unwrap().to_owned()
    }

    /// What is answered to whoever holds an answer already.
    fn revalider(&self, chemin: &str, etag: &str) -> String {
        let valide = etag.trim_start_matches("etag: ");
        let mut lien = TcpStream::connect(&self.adresse).unwrap();
        write!(
            lien,
            "GET {chemin} HTTP/1.1\r\nHost: maillage\r\nIf-None-Match: {valide}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut reponse = String::new();
        lien.read_to_string(&mut reponse).unwrap();
        reponse
    }

    fn arreter(mut self) {
        let pid = self.processus.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.processus.wait().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.processus.kill();
    }
}

fn importer(dossier: &Dossier, communes: &[commun::Carre]) {
    let sortie = dossier.importer(communes);
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
}

/// The tile of zoom 8 over the small country.
const TUILE: &str = "/tuiles/communes/8/131/92";
/// An answer that lists its communes.
const REPONSE: &str = "/api/territoires/commune";

#[test]
fn nothing_is_stale_a_second_after_an_import_on_any_instance() {
    let dossier = Dossier::nouveau();
    importer(&dossier, &QUATRE);
    let instances = [Service::lancer(&dossier), Service::lancer(&dossier)];
    let avant =
        instances.each_ref().map(|service| [TUILE, REPONSE].map(|chemin| service.etag(chemin)));
    let mut cinq = QUATRE.to_vec();
    cinq.push(carre("26005", "Allan", 2, 0));
    importer(&dossier, &cinq);
    std::thread::sleep(Duration::from_secs(1));
    for (service, avant) in instances.iter().zip(&avant) {
        for (chemin, avant) in [TUILE, REPONSE].iter().zip(avant) {
            assert_ne!(&service.etag(chemin), avant, "{chemin}");
            assert_eq!(service.etag(chemin), service.etag(chemin));
        }
    }
    for service in instances {
        service.arreter();
    }
}

#[test]
fn an_answer_that_is_already_held_is_not_sent_again() {
    let dossier = Dossier::nouveau();
    importer(&dossier, &QUATRE);
    let service = Service::lancer(&dossier);
    let etag = service.etag(REPONSE);
    let reponse = service.revalider(REPONSE, &etag);
    assert!(reponse.starts_with("HTTP/1.1 304"), "{reponse}");
    assert!(reponse.ends_with("\r\n\r\n"), "{reponse}");
    // A refusal is not kept, and keeps its sentence.
    let (statut, texte) = service.demander("/api/territoires/commune?dans=commune:99999").unwrap();
    assert_eq!(statut, 404, "{texte}");
    service.arreter();
}

#[test]
fn a_database_that_stops_and_starts_is_followed() {
    let dossier = Dossier::nouveau();
    importer(&dossier, &QUATRE);
    let service = Service::lancer(&dossier);
    let avant = service.etag(TUILE);
    let pid = std::fs::read_to_string(dossier.chemin().join("donnees/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap();
    assert!(Command::new("kill").args(["-INT", pid]).status().unwrap().success());
    service.attendre("/ready", 503, Duration::from_secs(10));
    assert_eq!(service.demander("/health").unwrap().0, 200);
    // What is kept is given until the link is known to be lost.
    service.attendre(TUILE, 503, Duration::from_secs(10));
    let (_, texte) = service.demander(TUILE).unwrap();
    assert!(texte.contains("La base de données ne répond pas"), "{texte}");
    // Any command starts the private database again; the service finds it by itself.
    let autre = Service::lancer(&dossier);
    service.attendre("/ready", 200, Duration::from_secs(10));
    assert_eq!(service.etag(TUILE), avant);
    service.arreter();
    autre.arreter();
}

#[test]
fn the_last_to_leave_stops_the_private_database() {
    let dossier = Dossier::nouveau();
    importer(&dossier, &QUATRE);
    let pid = dossier.chemin().join("donnees/postmaster.pid");
    assert!(!pid.exists(), "the import was alone");
    let [premier, second] = [Service::lancer(&dossier), Service::lancer(&dossier)];
    premier.arreter();
    assert!(pid.exists(), "the second still serves");
    assert_eq!(second.demander("/ready").unwrap().0, 200);
    second.arreter();
    assert!(!pid.exists());
}

#[test]
fn a_busy_port_is_said_before_anything_is_started() {
    let dossier = Dossier::nouveau();
    let pris = TcpListener::bind("127.0.0.1:0").unwrap();
    let adresse = pris.local_addr().unwrap().to_string();
    let sortie = dossier.maillage().args(["serve", "--adresse", &adresse]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&sortie.stderr).contains("est déjà pris"));
    assert!(!dossier.chemin().exists());
}
