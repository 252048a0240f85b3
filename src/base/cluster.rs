//! The private PostgreSQL cluster: a folder of our own, a Unix socket, no network port.
//!
//! It exists so that one command gives a working service. Whoever uses it holds a shared lock on
//! `utilisateurs.verrou`; the last to leave stops the server, and a process that was killed leaves
//! nothing to undo, since the kernel drops its lock. PostgreSQL refuses to run as root: root runs
//! it as the `postgres` user.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::User;
use sqlx::postgres::PgConnectOptions;

use crate::error::{ContexteFichier, Error, Result};

/// A Unix socket's path has at most 107 bytes, `/.s.PGSQL.5432` included.
const SOCKET_MAX: usize = 107 - "/.s.PGSQL.5432".len();

/// Room that the country, its generalised contours and one re-import need.
const PLACE_MINIMALE_MIO: u64 = 1_500;

/// Settings of a small server of one's own. `wal_level = minimal` lets a table created and filled
/// in one transaction skip the log: that is what a publication does.
const REGLAGES: &str = "
# Written by maillage at initialisation; edit freely, it is never rewritten.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
maintenance_work_mem = 256MB
work_mem = 32MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
lc_messages = 'C'
log_min_messages = warning
# Details and contexts quote rows, and rows may hold contacts.
log_error_verbosity = terse
timezone = 'UTC'
";

/// A running private cluster, kept alive for as long as this value lives.
#[derive(Debug)]
pub struct Cluster {
    outils: Outils,
    dossier: PathBuf,
    utilisateurs: Option<Flock<File>>,
}

impl Cluster {
    /// Initialises the cluster if it is new, starts it if it is stopped, joins it if it runs.
    pub fn ouvrir(dossier: &Path) -> Result<Self> {
        let outils = Outils::trouver()?;
        outils.creer_dossier(dossier)?;
        let dossier =
            dossier.canonicalize().pour_fichier("lecture du dossier des données", dossier)?;
        if dossier.join("socket").as_os_str().len() > SOCKET_MAX {
            return Err(Error::Installation(format!(
                "Le chemin du dossier des données est trop long pour une base privée : {}. \
                 Choisissez-en un plus court avec --dossier.",
                dossier.display()
            )));
        }
        let cluster = Self {
            utilisateurs: Some(verrou(&dossier.join("utilisateurs.verrou"), FlockArg::LockShared)?),
            outils,
            dossier,
        };
        // One at a time starts or stops: two commands launched together do not race.
        let _demarrage =
            verrou(&cluster.dossier.join("demarrage.verrou"), FlockArg::LockExclusive)?;
        cluster.initialiser()?;
        cluster.demarrer()?;
        Ok(cluster)
    }

    /// The folder that holds it all.
    pub fn dossier(&self) -> &Path {
        &self.dossier
    }

    /// Where to connect, as the given role.
    pub fn options(&self, role: &str, base: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(self.socket()).username(role).database(base)
    }

    /// Stops the server, unless another command still uses it.
    pub fn fermer(mut self) -> Result<()> {
        self.quitter()
    }

    fn quitter(&mut self) -> Result<()> {
        let Some(partage) = self.utilisateurs.take() else {
            return Ok(());
        };
        drop(partage);
        let _demarrage = verrou(&self.dossier.join("demarrage.verrou"), FlockArg::LockExclusive)?;
        let dernier =
            verrou(&self.dossier.join("utilisateurs.verrou"), FlockArg::LockExclusiveNonblock);
        if dernier.is_err() {
            tracing::info!("la base privée reste ouverte : une autre commande s'en sert");
            return Ok(());
        }
        self.pg_ctl(&["stop", "-m", "fast", "-w", "-t", "60"], "arrêt de la base privée")
    }

    fn donnees(&self) -> PathBuf {
        self.dossier.join("donnees")
    }

    fn socket(&self) -> PathBuf {
        self.dossier.join("socket")
    }

    /// `initdb` in a folder that takes its final name only once it is whole, so that a half-finished
    /// earlier run is started over.
    fn initialiser(&self) -> Result<()> {
        self.outils.creer_dossier(&self.socket())?;
        if self.donnees().join("PG_VERSION").is_file() {
            return self.verifier_version();
        }
        let libre = place_libre_mio(&self.dossier)?;
        if libre < PLACE_MINIMALE_MIO {
            return Err(Error::Installation(format!(
                "Il reste {libre} Mio sur le disque de {} ; la base en demande {PLACE_MINIMALE_MIO}. \
                 Libérez de la place ou choisissez un autre dossier avec --dossier.",
                self.dossier.display()
            )));
        }
        let partiel = self.dossier.join("donnees.partiel");
        if partiel.exists() {
            std::fs::remove_dir_all(&partiel)
                .pour_fichier("effacement d'une initialisation inachevée", &partiel)?;
        }
        tracing::info!(dossier = %self.dossier.display(), "initialisation de la base privée");
        self.outils.lancer(
            self.outils.commande("initdb").arg("-D").arg(&partiel).args([
                "-U",
                "postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                // The same order, byte by byte, without asking the system: a fifth off the long questions.
                "--lc-collate=C",
                "--auth=trust",
                "--no-instructions",
            ]),
            "initialisation de la base privée",
        )?;
        let reglages = partiel.join("postgresql.auto.conf");
        let mut texte = std::fs::read_to_string(&reglages)
            .pour_fichier("lecture des réglages de la base", &reglages)?;
        texte.push_str(REGLAGES);
        std::fs::write(&reglages, texte)
            .pour_fichier("écriture des réglages de la base", &reglages)?;
        std::fs::rename(&partiel, self.donnees())
            .pour_fichier("mise en place de la base privée", self.donnees())
    }

    fn verifier_version(&self) -> Result<()> {
        let fichier = self.donnees().join("PG_VERSION");
        let version = std::fs::read_to_string(&fichier)
            .pour_fichier("lecture de la version de la base", &fichier)?;
        if version.trim() == self.outils.version {
            return Ok(());
        }
        Err(Error::Installation(format!(
            "La base privée de {} est au format de PostgreSQL {} et la version installée est {}. \
             Installez postgresql-{} ou choisissez un autre dossier avec --dossier.",
            self.dossier.display(),
            version.trim(),
            self.outils.version,
            version.trim()
        )))
    }

    fn demarrer(&self) -> Result<()> {
        // 0: runs; 3: stopped; 4: no cluster here.
        let etat = self
            .outils
            .commande("pg_ctl")
            .arg("-D")
            .arg(self.donnees())
            .arg("status")
            .output()
            .pour_fichier("lecture de l'état de la base", self.donnees())?;
        if etat.status.success() {
            return self.attendre();
        }
        let place = place_libre_mio(&self.dossier)?;
        if place < 64 {
            return Err(Error::Installation(format!(
                "Le disque de {} est plein ({place} Mio libres) : la base privée ne peut pas \
                 démarrer. Libérez de la place puis relancez.",
                self.dossier.display()
            )));
        }
        let options = format!("-k '{}'", self.socket().display());
        self.pg_ctl(
            &[
                "start",
                "-w",
                "-t",
                "60",
                "-l",
                &self.dossier.join("journal.log").to_string_lossy(),
                "-o",
                &options,
            ],
            "démarrage de la base privée",
        )
    }

    /// A server that another process is starting answers a little later.
    fn attendre(&self) -> Result<()> {
        self.outils.lancer(
            self.outils
                .commande("pg_isready")
                .arg("-q")
                .arg("-t")
                .arg("30")
                .arg("-h")
                .arg(self.socket()),
            "attente de la base privée",
        )
    }

    fn pg_ctl(&self, arguments: &[&str], action: &'static str) -> Result<()> {
        let mut commande = self.outils.commande("pg_ctl");
        commande.arg("-D").arg(self.donnees()).arg("-s").args(arguments);
        // The server inherits what it is given: it must hold no pipe of ours.
        commande.stdin(std::process::Stdio::null());
        commande.stdout(std::process::Stdio::null());
        commande.stderr(std::process::Stdio::null());
        let etat = commande.status().map_err(|source| Error::Fichier {
            action,
            chemin: self.donnees(),
            source,
        })?;
        if etat.success() {
            return Ok(());
        }
        let journal = self.dossier.join("journal.log");
        let fin: Vec<String> = std::fs::read_to_string(&journal)
            .map(|texte| texte.lines().rev().take(3).map(str::to_owned).collect())
            .unwrap_or_default();
        Err(Error::Installation(format!(
            "{action} : échec. Dernières lignes de {} : {}",
            journal.display(),
            fin.into_iter().rev().collect::<Vec<_>>().join(" | ")
        )))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(erreur) = self.quitter() {
            tracing::warn!(%erreur, "la base privée n'a pas pu être arrêtée");
        }
    }
}

/// PostgreSQL's programs, and the user that may run them.
#[derive(Debug)]
struct Outils {
    dossier: PathBuf,
    version: String,
    /// Set when we are root.
    utilisateur: Option<User>,
}

impl Outils {
    fn trouver() -> Result<Self> {
        let racine = Path::new("/usr/lib/postgresql");
        let version = std::fs::read_dir(racine)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entree| entree.path().join("bin/initdb").is_file())
            .filter_map(|entree| entree.file_name().to_str()?.parse::<u16>().ok())
            .max()
            .ok_or_else(|| {
                Error::Installation(
                    "PostgreSQL n'est pas installé. Sur Debian 12 : apt-get install postgresql-15 \
                     postgresql-15-postgis-3. Ou donnez une base existante avec DATABASE_URL."
                        .into(),
                )
            })?;
        let utilisateur = if nix::unistd::geteuid().is_root() {
            let postgres = User::from_name("postgres").ok().flatten().ok_or_else(|| {
                Error::Installation(
                    "PostgreSQL refuse root et l'utilisateur postgres n'existe pas. Installez le \
                     paquet postgresql-15 ou lancez maillage sous un autre utilisateur."
                        .into(),
                )
            })?;
            Some(postgres)
        } else {
            None
        };
        Ok(Self {
            dossier: racine.join(version.to_string()).join("bin"),
            version: version.to_string(),
            utilisateur,
        })
    }

    /// Creates a folder that only the server's user (and root) may enter, and checks that it can.
    fn creer_dossier(&self, dossier: &Path) -> Result<()> {
        std::fs::create_dir_all(dossier)
            .pour_fichier("création du dossier des données", dossier)?;
        if let Some(utilisateur) = &self.utilisateur {
            chown(dossier, Some(utilisateur.uid.as_raw()), Some(utilisateur.gid.as_raw()))
                .pour_fichier("attribution du dossier des données à postgres", dossier)?;
        }
        std::fs::set_permissions(dossier, std::fs::Permissions::from_mode(0o700))
            .pour_fichier("protection du dossier des données", dossier)?;
        let entre = self
            .sous_utilisateur("test")
            .arg("-x")
            .arg(dossier)
            .status()
            .is_ok_and(|etat| etat.success());
        if entre {
            return Ok(());
        }
        Err(Error::Installation(format!(
            "L'utilisateur postgres ne peut pas entrer dans {} : un dossier parent le lui interdit. \
             Choisissez un autre dossier avec --dossier (par exemple sous /var/lib).",
            dossier.display()
        )))
    }

    fn commande(&self, programme: &str) -> Command {
        self.sous_utilisateur(self.dossier.join(programme))
    }

    /// A program under the server's user, changed by a program and not by us: that would fork this process, and PROJ, which
    /// takes a lock in the child, waits there for ever when another thread held it.
    fn sous_utilisateur(&self, programme: impl AsRef<OsStr>) -> Command {
        let mut commande = match &self.utilisateur {
            None => Command::new(programme),
            Some(utilisateur) => {
                let mut commande = Command::new("setpriv");
                commande
                    .arg(format!("--reuid={}", utilisateur.uid))
                    .arg(format!("--regid={}", utilisateur.gid))
                    .args(["--clear-groups", "--"])
                    .arg(programme);
                commande
            }
        };
        // Ctrl-C is for us alone: what we started, we stop.
        commande.process_group(0);
        // The server's user may not be allowed where we stand.
        commande.current_dir("/");
        commande
    }

    fn lancer(&self, commande: &mut Command, action: &'static str) -> Result<()> {
        let sortie = commande.output().map_err(|source| Error::Fichier {
            action,
            chemin: PathBuf::from(commande.get_program()),
            source,
        })?;
        if sortie.status.success() {
            return Ok(());
        }
        Err(Error::Installation(format!(
            "{action} : {}",
            String::from_utf8_lossy(&sortie.stderr).trim()
        )))
    }
}

fn verrou(chemin: &Path, genre: FlockArg) -> Result<Flock<File>> {
    let fichier = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(chemin)
        .pour_fichier("ouverture d'un verrou", chemin)?;
    Flock::lock(fichier, genre)
        .map_err(|(_, code)| std::io::Error::from(code))
        .pour_fichier("prise d'un verrou", chemin)
}

fn place_libre_mio(dossier: &Path) -> Result<u64> {
    let etat = nix::sys::statvfs::statvfs(dossier)
        .map_err(std::io::Error::from)
        .pour_fichier("mesure de la place libre", dossier)?;
    Ok(etat.blocks_available() * etat.fragment_size() / (1024 * 1024))
}
