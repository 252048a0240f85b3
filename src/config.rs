//! Every setting, in one documented struct: flags first, then the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Where the data live. Common to all commands.
#[derive(Debug, Clone, Args)]
pub struct Donnees {
    /// Base PostgreSQL de l'administrateur des données (migrations, imports). Sans elle, maillage
    /// démarre sa propre base privée dans le dossier des données.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub base: Option<String>,

    /// Base PostgreSQL vue du service, sous un rôle qui ne possède rien. Par défaut : la même
    /// adresse que --base, en prenant le rôle maillage_service à chaque connexion.
    #[arg(long, env = "DATABASE_URL_SERVICE", hide_env_values = true, global = true)]
    pub base_service: Option<String>,

    /// Dossier de la base privée [défaut : /var/lib/maillage pour root, sinon
    /// ~/.local/share/maillage].
    #[arg(long, env = "MAILLAGE_DOSSIER", global = true)]
    pub dossier: Option<PathBuf>,
}

impl Donnees {
    /// The folder of the private cluster. Root's must be one that the `postgres` user can enter,
    /// so never below `/root`.
    pub fn dossier(&self) -> PathBuf {
        if let Some(dossier) = &self.dossier {
            return dossier.clone();
        }
        if nix::unistd::geteuid().is_root() {
            return PathBuf::from("/var/lib/maillage");
        }
        let parent = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| {
                std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"))
            })
            .unwrap_or_else(|| PathBuf::from("."));
        parent.join("maillage")
    }
}

/// How the service answers.
#[derive(Debug, Clone, Args)]
pub struct Service {
    /// Adresse et port d'écoute.
    #[arg(long, env = "MAILLAGE_ADRESSE", default_value = "127.0.0.1:8080")]
    pub adresse: SocketAddr,

    /// Adresse publique du service, telle que les navigateurs la voient : elle sert à écrire les
    /// adresses absolues [défaut : http://ADRESSE].
    #[arg(long, env = "MAILLAGE_URL_PUBLIQUE")]
    pub url_publique: Option<String>,

    /// Mémoire au plus pour les tuiles gardées prêtes, en mébioctets.
    #[arg(long, env = "MAILLAGE_CACHE_MIO", default_value_t = 64)]
    pub cache_mio: u64,
}

impl Service {
    /// Scheme, host and port of every absolute URL, without a trailing slash.
    pub fn url_publique(&self) -> String {
        self.url_publique
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.adresse))
            .trim_end_matches('/')
            .to_owned()
    }
}
