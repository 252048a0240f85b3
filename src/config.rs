//! Every setting, in one documented struct: flags first, then the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

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

    /// Which command it is, and whose: what the journal says of its writes.
    #[arg(skip)]
    pub origine: String,
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

    #[command(flatten)]
    pub limites: Limites,

    #[command(flatten)]
    pub ouverture: Ouverture,

    #[command(flatten)]
    pub fond: Fond,

    #[command(flatten)]
    pub externe: Externe,

    #[command(flatten)]
    pub courrier: Courrier,

    #[command(flatten)]
    pub exploitant: Exploitant,
}

/// Who runs the service.
#[derive(Debug, Clone, Default, Args)]
pub struct Exploitant {
    /// Fichier de texte qui dit, à la page /mentions, qui publie et qui héberge ce service : un paragraphe par ligne.
    #[arg(long, env = "MAILLAGE_MENTIONS", value_name = "FICHIER")]
    pub mentions: Option<PathBuf>,
}

/// A server of mail, for one-time links. Without it, they are shown to copy.
#[derive(Debug, Clone, Default, Args)]
pub struct Courrier {
    /// Serveur de courrier, pour envoyer les liens : smtps://nom:secret@serveur, ou smtp://serveur:25.
    #[arg(
        long = "courrier",
        env = "MAILLAGE_COURRIER",
        hide_env_values = true,
        value_name = "ADRESSE",
        requires = "expediteur"
    )]
    pub serveur: Option<String>,

    /// De qui sont les messages : maillage <ne-pas-repondre@exemple.fr>.
    #[arg(long = "courrier-de", env = "MAILLAGE_COURRIER_DE", value_name = "EXPÉDITEUR")]
    pub expediteur: Option<String>,
}

/// A background under the map. None unless it is named: the page asks nothing of any other host.
#[derive(Debug, Clone, Default, Args)]
pub struct Fond {
    /// Fond de carte : adresse d'un style MapLibre, ou d'images avec {z}, {x} et {y}. Son hôte apprend alors l'adresse
    /// de chaque visiteur.
    #[arg(long, env = "MAILLAGE_FOND", value_name = "ADRESSE")]
    pub fond: Option<String>,

    /// Ce que son éditeur demande d'écrire sur la carte.
    #[arg(
        long = "fond-attribution",
        env = "MAILLAGE_FOND_ATTRIBUTION",
        value_name = "TEXTE",
        requires = "fond"
    )]
    pub attribution: Option<String>,

    /// Autres hôtes dont le style tire ses tuiles (https://exemple.fr, séparés par des virgules).
    #[arg(
        long = "fond-hotes",
        env = "MAILLAGE_FOND_HOTES",
        value_delimiter = ',',
        value_name = "ADRESSES",
        requires = "fond"
    )]
    pub hotes: Vec<String>,
}

/// An OpenID Connect provider, beside local accounts.
#[derive(Debug, Clone, Default, Args)]
pub struct Externe {
    /// Fournisseur d'identité OpenID Connect, par son adresse (celle de sa découverte, sans /.well-known).
    #[arg(long = "oidc", env = "MAILLAGE_OIDC", value_name = "ADRESSE", requires = "client")]
    pub fournisseur: Option<String>,

    /// Son nom, tel que la page de connexion le dit.
    #[arg(
        long = "oidc-nom",
        env = "MAILLAGE_OIDC_NOM",
        default_value = "ProConnect",
        value_name = "NOM"
    )]
    pub nom: String,

    /// Identifiant de ce service chez lui. Adresse de retour à lui donner : URL_PUBLIQUE/connexion/retour.
    #[arg(long = "oidc-client", env = "MAILLAGE_OIDC_CLIENT", value_name = "ID")]
    pub client: Option<String>,

    /// Secret de ce service chez lui.
    #[arg(
        long = "oidc-secret",
        env = "MAILLAGE_OIDC_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub secret: Option<String>,

    /// Ce qui lui est demandé de dire.
    #[arg(
        long = "oidc-portees",
        env = "MAILLAGE_OIDC_PORTEES",
        value_delimiter = ',',
        default_value = "email,given_name,usual_name,siret",
        value_name = "PORTÉES"
    )]
    pub portees: Vec<String>,
}

/// What the service gives to whoever asks.
#[derive(Debug, Clone, Args)]
pub struct Limites {
    /// Questions à la base auxquelles une personne, ou une adresse, peut attendre la réponse à la fois ; au-delà,
    /// 429.
    #[arg(long, env = "MAILLAGE_SIMULTANEES", default_value_t = 12)]
    pub simultanees: usize,

    /// La même chose pour tous ensemble ; au-delà, 503.
    #[arg(long, env = "MAILLAGE_SIMULTANEES_EN_TOUT", default_value_t = 256)]
    pub simultanees_en_tout: usize,

    /// Temps au plus d'une réponse, en secondes ; au-delà, 503. Une requête SQL en a vingt.
    #[arg(long, env = "MAILLAGE_DELAI_SECONDES", default_value_t = 30)]
    pub delai_secondes: u64,
}

impl Default for Limites {
    fn default() -> Self {
        Self { simultanees: 12, simultanees_en_tout: 256, delai_secondes: 30 }
    }
}

/// To whom the service opens.
#[derive(Debug, Clone, Default, Args)]
pub struct Ouverture {
    /// Serveurs mandataires placés devant le service (adresses ou réseaux, séparés par des virgules) : eux seuls
    /// sont crus quand ils disent, par X-Forwarded-For, pour qui ils demandent.
    #[arg(long, env = "MAILLAGE_MANDATAIRES", value_delimiter = ',', value_parser = reseau)]
    pub mandataires: Vec<IpNet>,

    /// Sites dont les pages peuvent lire l'API et les tuiles (https://exemple.fr, séparés par des virgules ; *
    /// pour tous). Ils n'ont jamais la session de leurs visiteurs.
    #[arg(long, env = "MAILLAGE_ORIGINES", value_delimiter = ',')]
    pub origines: Vec<String>,

    /// Sites qui peuvent montrer la carte dans un cadre (https://exemple.fr, séparés par des virgules).
    #[arg(long, env = "MAILLAGE_CADRES", value_delimiter = ',')]
    pub cadres: Vec<String>,
}

/// A network, or a lone address.
fn reseau(texte: &str) -> Result<IpNet, String> {
    texte
        .parse()
        .or_else(|_| texte.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("« {texte} » n'est ni une adresse, ni un réseau comme 10.0.0.0/8"))
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
