//! What somebody who means harm tries over a real socket, against the program itself: requests that claim to be for
//! another site, that lead elsewhere, that never end or never stop; then what all this has left in the logs.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::commun::{Carre, Dossier, carre};
use crate::reseau::Reseau;

const URL: &str = "https://maillage.example";
const AILLEURS: &str = "ailleurs.example";
const PASSE: &str = "quatre-mots-sans-rapport";
const COORDINATEUR: &str = "coord@assaut.example";

/// Whom a commune says to call: nothing of it is in any log.
const CONTACT: [&str; 3] = ["Mme Discrete", "discrete@mairie.example", "0475123456"];

/// The ten communes of the réseau, in a row.
fn communes() -> Vec<Carre> {
    const CODES: [&str; 10] =
        ["26001", "26002", "26003", "26004", "26005", "26006", "26007", "26008", "26009", "26010"];
    (0..).zip(CODES).map(|(colonne, code)| carre(code, "Commune", colonne, 0)).collect()
}

/// A server of mail that keeps what it is given.
#[derive(Clone, Default)]
struct Courrier(Arc<Mutex<Vec<String>>>);

impl Courrier {
    fn ouvrir(&self) -> u16 {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = ecoute.local_addr().unwrap().port();
        let messages = self.0.clone();
        thread::spawn(move || {
            for flux in ecoute.incoming() {
                let messages = messages.clone();
                thread::spawn(move || recevoir(&flux.unwrap(), &messages));
            }
        });
        port
    }

    /// The message that arrives for an address, as a person reads it.
    fn attendre(&self, a_qui: &str) -> String {
        let debut = Instant::now();
        loop {
            let recu = self.0.lock().unwrap().iter().find(|texte| texte.contains(a_qui)).cloned();
            if let Some(recu) = recu {
                return recu.replace("=\r\n", "").replace("=3D", "=");
            }
            assert!(debut.elapsed() < Duration::from_secs(10), "no message for {a_qui}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn recevoir(mut flux: &TcpStream, messages: &Mutex<Vec<String>>) {
    let mut lignes = BufReader::new(flux.try_clone().unwrap());
    let _ = flux.write_all(b"220 essai\r\n");
    let (mut ligne, mut a_qui) = (String::new(), String::new());
    while lignes.read_line(&mut ligne).is_ok_and(|lus| lus > 0) {
        let dit = ligne.to_ascii_uppercase();
        let mut reponse: &[u8] = b"250 bien\r\n";
        if dit.starts_with("RCPT") {
            a_qui.push_str(&ligne);
        } else if dit.starts_with("DATA") {
            let _ = flux.write_all(b"354 dites\r\n");
            let mut texte = std::mem::take(&mut a_qui);
            let mut suite = String::new();
            while lignes.read_line(&mut suite).is_ok_and(|lus| lus > 0) && suite != ".\r\n" {
                texte.push_str(&suite);
                suite.clear();
            }
            messages.lock().unwrap().push(texte);
        } else if dit.starts_with("QUIT") {
            reponse = b"221 fin\r\n";
        }
        let _ = flux.write_all(reponse);
        ligne.clear();
    }
}

/// The program, serving a réseau behind a proxy, with a server of mail.
struct Cible {
    dossier: Dossier,
    processus: Child,
    adresse: String,
    courrier: Courrier,
    journaux: tempfile::TempDir,
}

impl Drop for Cible {
    fn drop(&mut self) {
        let _ = self.processus.kill();
        let _ = self.processus.wait();
    }
}

impl Cible {
    fn nouvelle() -> Self {
        let dossier = Dossier::nouveau();
        let sortie = dossier.importer(&communes());
        assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
        let reseau = Reseau::nouveau("assaut")
            .avec("zones.csv", "z,caue,,commune,26001,2010-01-01,\n")
            .ecrire();
        // 3: a former code that this country does not know.
        let mut charger = dossier.maillage();
        // Where the report of its refused rows is written.
        charger.current_dir(reseau.path());
        let charge = charger.args(["import", "reseau"]).arg(reseau.path()).output().unwrap();
        assert!(matches!(charge.status.code(), Some(0 | 3)), "{charge:?}");
        let courrier = Courrier::default();
        let serveur = format!("smtp://127.0.0.1:{}", courrier.ouvrir());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let adresse = format!("127.0.0.1:{port}");
        let journaux = tempfile::tempdir().unwrap();
        let journal = std::fs::File::create(journaux.path().join("service")).unwrap();
        let processus = dossier
            .maillage()
            .env("MAILLAGE_JOURNAL", "debug")
            .args(["serve", "--adresse", &adresse, "--url-publique", URL])
            .args(["--mandataires", "127.0.0.1", "--courrier", &serveur])
            .args(["--courrier-de", "maillage <ne-pas-repondre@maillage.example>"])
            .stdout(Stdio::null())
            .stderr(journal)
            .spawn()
            .unwrap();
        let cible = Self { dossier, processus, adresse, courrier, journaux };
        let debut = Instant::now();
        while cible.lire("/ready", "").is_none_or(|recu| !recu.starts_with("HTTP/1.1 200")) {
            assert!(debut.elapsed() < Duration::from_secs(60), "not ready");
            thread::sleep(Duration::from_millis(50));
        }
        cible
    }

    /// Sends bytes, and reads until the other side closes.
    fn dire(&self, requete: &[u8]) -> Option<String> {
        let mut flux = TcpStream::connect(&self.adresse).ok()?;
        flux.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        flux.write_all(requete).ok()?;
        let mut recu = Vec::new();
        let _ = flux.read_to_end(&mut recu);
        Some(String::from_utf8_lossy(&recu).into_owned())
    }

    fn lire(&self, chemin: &str, entetes: &str) -> Option<String> {
        let hote = if entetes.contains("Host:") { "" } else { "Host: maillage.example\r\n" };
        self.dire(
            format!("GET {chemin} HTTP/1.1\r\n{hote}Connection: close\r\n{entetes}\r\n").as_bytes(),
        )
    }

    fn envoyer(&self, chemin: &str, entetes: &str, paires: &[(&str, &str)]) -> String {
        let corps = form_urlencoded::Serializer::new(String::new()).extend_pairs(paires).finish();
        let hote = if entetes.contains("Host:") { "" } else { "Host: maillage.example\r\n" };
        self.dire(
            format!(
                "POST {chemin} HTTP/1.1\r\n{hote}Connection: close\r\nSec-Fetch-Site: same-origin\r\n{entetes}\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{corps}",
                corps.len()
            )
            .as_bytes(),
        )
        .unwrap()
    }

    fn commander(&self, arguments: &[&str]) -> String {
        let sortie = self.dossier.maillage().args(arguments).output().unwrap();
        assert!(sortie.status.success(), "{arguments:?} : {sortie:?}");
        String::from_utf8(sortie.stdout).unwrap()
    }

    /// A coordinator, with a password: the cookie of a session.
    fn entrer(&self) -> String {
        let dit = self.commander(&[
            "compte",
            "creer",
            COORDINATEUR,
            "--nom",
            "Anne",
            "--droit",
            "assaut:coordinateur",
        ]);
        let lien = mot(&dit, "/lien/");
        let choisi = self.envoyer(&lien, "", &[("mot_de_passe", PASSE), ("confirmation", PASSE)]);
        entete(&choisi, "set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    fn journal(&self) -> String {
        let service = std::fs::read(self.journaux.path().join("service")).unwrap();
        let base = std::fs::read(self.dossier.chemin().join("journal.log")).unwrap();
        format!("{}\n{}", String::from_utf8_lossy(&service), String::from_utf8_lossy(&base))
    }
}

/// The word that holds a text, in what a command says.
fn mot(dit: &str, contient: &str) -> String {
    let debut = dit.find(contient).unwrap_or_else(|| panic!("{dit}"));
    let fin = |c: char| !(c.is_ascii_alphanumeric() || "/_-".contains(c));
    dit[debut..].split(fin).next().unwrap().to_owned()
}

fn entete<'a>(recu: &'a str, nom: &str) -> Option<&'a str> {
    let tete = recu.split("\r\n\r\n").next()?;
    tete.lines().find_map(|ligne| {
        let (lu, valeur) = ligne.split_once(": ")?;
        lu.eq_ignore_ascii_case(nom).then_some(valeur)
    })
}

fn statut(recu: &str) -> u16 {
    recu.split(' ')
        .nth(1)
        .and_then(|statut| statut.parse().ok())
        .unwrap_or_else(|| panic!("{recu:?}"))
}

/// Addresses of every kind: pages, documents, data.
const ADRESSES: [&str; 27] = [
    "/",
    "/?vue=demandes&reseau=assaut",
    "/integrer?reseau=assaut",
    "/r/assaut",
    "/connexion",
    "/espace",
    "/espace/assaut",
    "/demander?territoire=commune:26001&reseau=assaut",
    "/territoires/commune/26001",
    "/partenaires/assaut/caue",
    "/donnees-personnelles",
    "/api",
    "/api/openapi.json",
    "/api/reseaux",
    "/ogc",
    "/ogc/api",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/collections/communes/items?limit=1",
    "/ogc/tileMatrixSets",
    "/ogc/styles",
    "/tuiles/communes",
    "/styles/carte.json",
    "/qgis",
    "/qgis/assaut.qlr",
    "/dcat",
    "/nulle-part",
];

#[test]
fn what_a_request_claims_leads_nowhere_else_and_is_in_no_log() {
    let cible = Cible::nouvelle();
    let forges = format!(
        "Host: {AILLEURS}\r\nX-Forwarded-Host: {AILLEURS}\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 81\r\n\
         X-Forwarded-Server: {AILLEURS}\r\nForwarded: host={AILLEURS};proto=http\r\nX-Original-URL: /{AILLEURS}\r\n\
         X-Rewrite-URL: /{AILLEURS}\r\nX-Host: {AILLEURS}\r\n"
    );
    let biscuit = cible.entrer();
    let jeton = mot(
        &cible.commander(&["jeton", "creer", COORDINATEUR, "--nom", "essai", "--reseau", "assaut"]),
        "mlg_",
    );

    // No address, header or page follows what the request says of its host.
    let mut absolues = 0;
    for qui in [
        String::new(),
        format!("Cookie: {biscuit}\r\n"),
        format!("Authorization: Bearer {jeton}\r\n"),
    ] {
        for adresse in ADRESSES {
            let recu = cible.lire(adresse, &format!("{forges}{qui}")).unwrap();
            assert!(statut(&recu) < 500 && !recu.contains(AILLEURS), "{adresse} : {recu}");
            assert!(!recu.contains("http://maillage.example"), "{adresse} : {recu}");
            absolues += usize::from(recu.contains(URL));
        }
    }
    assert!(absolues > 20, "{absolues}");
    // Nor what the first line says.
    for adresse in ADRESSES {
        let premiere = format!(
            "GET http://{AILLEURS}{adresse} HTTP/1.1\r\nHost: {AILLEURS}\r\nConnection: close\r\n\r\n"
        );
        let recu = cible.dire(premiere.as_bytes()).unwrap();
        assert!(statut(&recu) < 500 && !recu.contains(AILLEURS), "{adresse} : {recu}");
    }
    // Nor mail: a link that was asked for, an invitation, a demande.
    let demande = cible.envoyer("/connexion/oubli", &forges, &[("courriel", COORDINATEUR)]);
    assert_eq!(statut(&demande), 200, "{demande}");
    let invitation =
        [("courriel", "invitee@assaut.example"), ("nom", "Invitée"), ("droit", "assaut:lecteur")];
    let invitee =
        cible.envoyer("/espace/equipe", &format!("{forges}Cookie: {biscuit}\r\n"), &invitation);
    assert_eq!(statut(&invitee), 200, "{invitee}");
    let [nom, courriel, telephone] = CONTACT;
    let champs = [
        ("reseau", "assaut"),
        ("territoire", "commune:26001"),
        ("theme", "batiments"),
        ("partenaire", "caue"),
        ("objet", "Le toit de l'école fuit."),
        ("nom", nom),
        ("courriel", courriel),
        ("telephone", telephone),
    ];
    let envoyee = cible.envoyer("/demander", &forges, &champs);
    assert_eq!(statut(&envoyee), 303, "{envoyee}");
    let suivi = entete(&envoyee, "location").unwrap().to_owned();
    for (a_qui, chemin) in [
        (COORDINATEUR, "/lien/lien_"),
        ("invitee@assaut.example", "/lien/lien_"),
        (courriel, "/suivi/suivi_"),
    ] {
        let message = cible.courrier.attendre(a_qui);
        assert!(
            message.contains(&format!("{URL}{chemin}")) && !message.contains(AILLEURS),
            "{message}"
        );
    }

    // After signing in one stays here, whatever the address that one came with says.
    for suite in [
        "//ailleurs.example",
        "/\\ailleurs.example",
        "\\\\ailleurs.example",
        "https://ailleurs.example/",
        "https:ailleurs.example",
        "///ailleurs.example",
        "/%2f%2failleurs.example/../..//ailleurs.example\\",
        "/\t/ailleurs.example",
        "/\r\nLocation: https://ailleurs.example",
        "javascript:alert(1)",
        " //ailleurs.example",
        "/@ailleurs.example",
        "/espace\r\nX-Injecte: 1",
    ] {
        let champs = [("courriel", COORDINATEUR), ("mot_de_passe", PASSE), ("suite", suite)];
        let entree = cible.envoyer("/connexion", "", &champs);
        assert_eq!(
            (statut(&entree), entete(&entree, "location")),
            (303, Some("/espace")),
            "{suite:?} : {entree}"
        );
        assert_eq!(entete(&entree, "x-injecte"), None);
        // Nor by the page itself.
        let encodee: String = form_urlencoded::byte_serialize(suite.as_bytes()).collect();
        let page = cible.lire(&format!("/connexion?suite={encodee}"), "").unwrap();
        assert!(!page.contains(AILLEURS), "{suite:?} : {page}");
    }

    // What would end a header, in every place that a header is made from.
    let injecte = "%0d%0aX-Injecte:%201%0d%0a%0d%0a";
    for chemin in [
        "/espace/",
        "/r/",
        "/lien/",
        "/suivi/",
        "/exports/communes.csv",
        "/qgis/",
        "/styles/",
        "/tuiles/",
        "/connexion?suite=/",
        "/demander?lieu=",
        "/espace/journal?reseau=",
        "/espace/publication?reseau=",
        "/api/reseaux/",
        "/ogc/collections/",
        "/",
        "/territoires/commune/",
        "/geo/communes/",
        "/espace/assaut/",
    ] {
        for qui in [String::new(), format!("Cookie: {biscuit}\r\n")] {
            let recu = cible.lire(&format!("{chemin}{injecte}"), &qui).unwrap();
            assert!(statut(&recu) < 500, "{chemin} : {recu}");
            assert_eq!(entete(&recu, "x-injecte"), None, "{chemin} : {recu}");
        }
    }
    for (chemin, champ) in [
        ("/espace/equipe", "nom"),
        ("/espace/equipe", "courriel"),
        ("/espace/equipe", "droit"),
        ("/espace/jetons", "nom"),
        ("/espace/jetons", "reseau"),
        ("/espace/publication", "reseau"),
        ("/demander", "courriel"),
        ("/demander", "nom"),
        ("/demander", "territoire"),
        ("/connexion", "courriel"),
        ("/connexion/oubli", "courriel"),
    ] {
        let mut champs = vec![
            ("courriel", "pirate@assaut.example"),
            ("nom", "Pirate"),
            ("droit", "assaut:lecteur"),
            ("jours", "1"),
            ("reseau", "assaut"),
            ("territoire", "commune:26002"),
            ("theme", "batiments"),
            ("partenaire", "caue"),
            ("objet", "Un objet assez long."),
            ("mot_de_passe", "x"),
        ];
        champs.iter_mut().find(|(nom, _)| *nom == champ).unwrap().1 =
            "a@b.example\r\nBcc: tous@assaut.example\r\nX-Injecte: 1";
        let recu = cible.envoyer(chemin, &format!("Cookie: {biscuit}\r\n"), &champs);
        assert!((400..500).contains(&statut(&recu)), "{chemin} {champ} : {recu}");
        assert_eq!(entete(&recu, "x-injecte"), None, "{chemin} {champ} : {recu}");
    }
    thread::sleep(Duration::from_millis(300));
    assert!(
        !cible.courrier.0.lock().unwrap().iter().any(|texte| texte.contains("tous@assaut.example"))
    );

    // A token in an address serves nothing.
    for parametre in ["jeton", "token", "access_token", "authorization", "apikey"] {
        let recu = cible.lire(&format!("/api/moi?{parametre}={jeton}"), "").unwrap();
        assert_eq!(statut(&recu), 400, "{recu}");
        assert!(!recu.contains(COORDINATEUR));
    }
    let moi = cible.lire("/api/moi", &format!("Authorization: Bearer {jeton}\r\n")).unwrap();
    assert!(moi.contains(COORDINATEUR), "{moi}");

    // Writes that the database refuses, and would quote.
    let doublon = format!(
        "{{\"reseau\":\"assaut\",\"partenaire\":\"caue\",\"date\":\"2026-02-03\",\"themes\":[\"batiments\"],\
         \"beneficiaire\":\"commune:26001\",\"reference\":\"R\",\"contacts\":[{{\"nom\":\"{nom}\",\"courriel\":\"{courriel}\"}}]}}"
    );
    for _ in 0..2 {
        let mut requete = format!(
            "POST /api/demandes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nCookie: {biscuit}\r\n"
        );
        write!(
            requete,
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{doublon}",
            doublon.len()
        )
        .unwrap();
        let recu = cible.dire(requete.as_bytes()).unwrap();
        assert!([201, 409].contains(&statut(&recu)), "{recu}");
    }
    // All this time the logs were written with all their details.
    let journal = cible.journal();
    assert!(journal.contains("une demande en ligne est reçue"), "{journal}");
    let secret = biscuit.split('=').nth(1).unwrap();
    let messages = cible.courrier.0.lock().unwrap().join("\n").replace("=\r\n", "");
    let lien = mot(&messages, "lien_");
    for indiscret in [
        nom,
        courriel,
        telephone,
        PASSE,
        jeton.as_str(),
        secret,
        suivi.split(['/', '?']).nth(2).unwrap(),
        &lien,
    ] {
        let ligne = journal.lines().find(|ligne| ligne.contains(indiscret));
        assert_eq!(ligne, None, "{indiscret}");
    }
}

/// A request of which a part is sent, from an address that the proxy says.
fn commencer(cible: &Cible, texte: &str) -> TcpStream {
    let mut flux = TcpStream::connect(&cible.adresse).unwrap();
    flux.write_all(texte.as_bytes()).unwrap();
    flux
}

/// What a connection is told, and after how long it is closed.
fn fin(mut flux: TcpStream, debut: Instant) -> (String, Duration) {
    flux.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let mut recu = Vec::new();
    let _ = flux.read_to_end(&mut recu);
    (String::from_utf8_lossy(&recu).into_owned(), debut.elapsed())
}

#[test]
fn what_never_ends_or_never_stops_is_cut_and_keeps_nobody_waiting() {
    let cible = Cible::nouvelle();
    let biscuit = cible.entrer();
    let debut = Instant::now();
    // Heads of which half is sent; bodies that stop, from thirty addresses: more than all may have under way.
    let tetes: Vec<_> = (0..200)
        .map(|rang| {
            commencer(&cible, &format!("GET /api/reseaux HTTP/1.1\r\nHost: x\r\nX-{rang}: "))
        })
        .collect();
    let corps: Vec<_> = (0..300)
        .map(|rang| {
            commencer(
                &cible,
                &format!(
                    "POST /demander HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: 198.51.100.{}\r\n\
                     Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nreseau=assaut",
                    rang % 30
                ),
            )
        })
        .collect();
    thread::sleep(Duration::from_millis(500));
    for (qui, adresse) in [
        ("X-Forwarded-For: 203.0.113.1\r\n".to_owned(), "/api/reseaux"),
        ("X-Forwarded-For: 203.0.113.1\r\n".to_owned(), "/tuiles/communes/8/131/92"),
        (format!("Cookie: {biscuit}\r\n"), "/espace"),
        (String::new(), "/ready"),
    ] {
        let avant = Instant::now();
        let recu = cible.lire(adresse, &qui).unwrap();
        assert_eq!(statut(&recu), 200, "{adresse} : {recu}");
        assert!(avant.elapsed() < Duration::from_secs(2), "{adresse} : {:?}", avant.elapsed());
    }
    for flux in corps {
        let (recu, duree) = fin(flux, debut);
        assert_eq!(statut(&recu), 408, "{recu}");
        assert!(recu.contains("n'est pas arrivé en entier"), "{recu}");
        assert!(duree < Duration::from_secs(20), "{duree:?}");
    }
    for flux in tetes {
        let (recu, duree) = fin(flux, debut);
        assert!(!recu.contains(" 200 "), "{recu}");
        assert!(duree < Duration::from_secs(30), "{duree:?}");
    }

    // 200 MB: told at once when it is announced, and soon when it is not.
    let poids = 200_usize << 20;
    let api = format!("Cookie: {biscuit}\r\nContent-Type: application/json\r\n");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n".to_owned();
    for (chemin, entetes) in
        [("/demander", &form), ("/connexion", &form), ("/api/zones", &api), ("/api/demandes", &api)]
    {
        let tete = format!(
            "POST {chemin} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n{entetes}"
        );
        let annonce = format!("{tete}Content-Length: {poids}\r\nExpect: 100-continue\r\n\r\n");
        let recu = cible.dire(annonce.as_bytes()).unwrap();
        assert!(
            recu.starts_with("HTTP/1.1 413 ") && recu.contains("Cet envoi dépasse"),
            "{chemin} : {recu}"
        );
        let mut flux = commencer(&cible, &format!("{tete}Transfer-Encoding: chunked\r\n\r\n"));
        let lecture = flux.try_clone().unwrap();
        let lecture = thread::spawn(move || fin(lecture, Instant::now()).0);
        let morceau = format!("{:x}\r\n{}\r\n", 64 << 10, "a".repeat(64 << 10));
        let mut envoyes = 0;
        while envoyes < poids && flux.write_all(morceau.as_bytes()).is_ok() {
            envoyes += 64 << 10;
        }
        let _ = flux.shutdown(Shutdown::Write);
        assert!(envoyes < poids / 2, "{chemin} : {envoyes}");
        let recu = lecture.join().unwrap();
        // What is still on its way when the connection closes may take the answer with it.
        assert!(recu.is_empty() || recu.starts_with("HTTP/1.1 413 "), "{chemin} : {recu}");
    }
    let recu = cible.lire("/api/reseaux", "").unwrap();
    assert_eq!(statut(&recu), 200, "{recu}");
}
