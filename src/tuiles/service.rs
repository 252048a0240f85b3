//! Tiles as they are sent: layers put together, encoded, and kept ready.
//!
//! A kept body is keyed by everything that makes it: version of the data, principal, layers,
//! coordinates, parameters, encoding. A request that began before a change stores its body under
//! the version it began with, where nobody looks any more.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use martin_core::tiles::{MartinCoreError, Source, UrlQuery};
use martin_tile_utils::{Encoding, TileCoord};
use moka::future::Cache;
use sqlx::PgPool;
use xxhash_rust::xxh3::xxh3_128;

use super::atelier::Atelier;
use super::source::{Couche, SourceDeCouche};
use crate::base::Version;
use crate::comptes::Principal;
use crate::error::{Error, Result};
use crate::http::{Encodage, Etag, Parametres, Probleme, Reponse, degzip, etag};
use crate::territoires::{Edition, Maille, Millesime};

/// How many tiles are drawn at once, for the public and for those who are known.
const PUBLIQUES: usize = 8;
const RESERVEES: usize = 3;

/// The data version in a tile's address: it makes the address last, and changes nothing else.
pub const PARAMETRE_VERSION: &str = "v";

/// A body as it is sent.
#[derive(Debug, Clone)]
pub struct Corps {
    pub octets: Bytes,
    pub etag: Etag,
}

/// What is asked for. Coordinates are checked; layers and parameters are when the body is made.
#[derive(Debug)]
pub struct DemandeDeTuile<'a> {
    /// Names, separated by commas.
    pub couches: &'a str,
    pub xyz: TileCoord,
    pub parametres: &'a Parametres,
    pub encodage: Encodage,
    pub principal: &'a Principal,
}

#[derive(Debug, Clone)]
pub struct ServiceTuiles {
    atelier: Atelier,
    /// Where those who are known have theirs drawn.
    reserve: Atelier,
    version: Version,
    cache: Cache<u128, Corps>,
    /// What every tile needs, read once for each version of the data.
    repere: Arc<RwLock<Option<Repere>>>,
}

/// The layers, and the edition that they show when no millésime is asked for.
#[derive(Debug, Clone)]
struct Repere {
    couches: Arc<[Arc<Couche>]>,
    montree: Option<Edition>,
}

impl ServiceTuiles {
    /// Draws with connections of the public's pool, and of that of those who are known. `memoire_mio` bounds the bodies
    /// kept, in mebibytes.
    pub fn nouveau([piscine, reservee]: [PgPool; 2], version: Version, memoire_mio: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(memoire_mio * 1024 * 1024)
            // Beside its bytes an entry costs its key, its validator and the cache's own nodes.
            .weigher(|_, corps: &Corps| {
                u32::try_from(corps.octets.len()).unwrap_or(u32::MAX).saturating_add(400)
            })
            .build();
        Self {
            atelier: Atelier::nouveau(piscine, PUBLIQUES),
            reserve: Atelier::nouveau(reservee, RESERVEES),
            version,
            cache,
            repere: Arc::default(),
        }
    }

    /// The same, which draws for those who are known.
    pub fn des_connus(&self) -> Self {
        Self { atelier: self.reserve.clone(), ..self.clone() }
    }

    /// Drops everything kept, connections included.
    pub fn oublier(&self) {
        self.cache.invalidate_all();
        *self.repere.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.atelier.vider();
        self.reserve.vider();
    }

    /// The version that bodies are keyed by, when it is known.
    pub fn version(&self) -> Option<i64> {
        self.version.actuelle()
    }

    /// How many bodies are kept, and their weight in bytes.
    pub fn gardees(&self) -> (u64, u64) {
        (self.cache.entry_count(), self.cache.weighted_size())
    }

    /// All the layers.
    pub async fn toutes(&self) -> Result<Arc<[Arc<Couche>]>> {
        Ok(self.repere().await?.couches)
    }

    /// The layers named in an address: in one order, each once.
    pub async fn couches(&self, noms: &str) -> Result<Vec<Arc<Couche>>> {
        let toutes = self.repere().await?.couches;
        let mut choisies: Vec<&str> = noms.split(',').collect();
        choisies.sort_unstable();
        choisies.dedup();
        choisies
            .into_iter()
            .map(|nom| {
                toutes.iter().find(|couche| couche.nom == nom).cloned().ok_or_else(|| {
                    let connues: Vec<_> = toutes.iter().map(|couche| couche.nom.as_str()).collect();
                    Error::Introuvable(format!(
                        "La couche « {nom} » n'existe pas. Couches : {}.",
                        connues.join(", ")
                    ))
                })
            })
            .collect()
    }

    async fn repere(&self) -> Result<Repere> {
        let version = self.version();
        let connu = self.repere.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(connu) = connu {
            return Ok(connu);
        }
        let piscine = self.atelier.piscine();
        let lu = Repere {
            couches: Couche::toutes(piscine).await?.into_iter().map(Arc::new).collect(),
            montree: Edition::montree(piscine).await?,
        };
        // Kept only if no change came while it was read.
        if version.is_some() {
            let mut repere = self.repere.write().unwrap_or_else(PoisonError::into_inner);
            if self.version() == version {
                *repere = Some(lu.clone());
            }
        }
        Ok(lu)
    }

    /// The body of a tile; empty when nothing is there.
    pub async fn tuile(&self, demande: &DemandeDeTuile<'_>) -> Reponse<Corps> {
        let Some(version) = self.version() else {
            return self.construire(demande).await;
        };
        // Requests for one body that arrive together wait for the first.
        self.cache
            .try_get_with(demande.cle(version), self.construire(demande))
            .await
            .map_err(|probleme| Probleme::clone(&probleme))
    }

    /// Parameters that the layers read, as their functions take them.
    pub fn parametres(couches: &[Arc<Couche>], parametres: &Parametres) -> Reponse<UrlQuery> {
        let mut admis: Vec<&str> = vec![PARAMETRE_VERSION];
        admis.extend(couches.iter().flat_map(|couche| &couche.parametres).map(String::as_str));
        admis.dedup();
        parametres.admettre(&admis)?;
        // Those with a type are read here; codes are looked up by the layer's function.
        parametres.lire::<Millesime>("millesime")?;
        parametres.lire::<Maille>("maille")?;
        parametres.nombre("annee", 1900..=2099)?;
        parametres.date("du")?;
        parametres.date("au")?;
        Ok(parametres
            .iter()
            .filter(|(nom, _)| *nom != PARAMETRE_VERSION)
            .map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned()))
            .collect())
    }

    async fn construire(&self, demande: &DemandeDeTuile<'_>) -> Reponse<Corps> {
        let couches = self.couches(demande.couches).await?;
        let parametres = Self::parametres(&couches, demande.parametres)?;
        let montree = self.repere().await?.montree;
        let presentes: Vec<_> =
            couches.into_iter().filter(|couche| couche.a_le_zoom(demande.xyz.z)).collect();
        let seule = presentes.len() == 1;
        let mut clair = Vec::new();
        for couche in presentes {
            let dessin =
                couche.dessin(demande.xyz.z, &parametres, montree, demande.principal.clone());
            let source = SourceDeCouche::nouvelle(couche, dessin, self.atelier.clone());
            let corps = source.get_tile(demande.xyz, Some(&parametres)).await.map_err(erreur)?;
            if corps.is_empty() {
                continue;
            }
            match source.get_tile_info().encoding {
                // Compressed at publication and alone in its tile: sent as it is.
                Encoding::Gzip if seule && demande.encodage == Encodage::Gzip => {
                    return Ok(Corps::nouveau(corps));
                }
                // Layers of a tile stand one after the other: so says the format.
                Encoding::Gzip => {
                    clair.extend(degzip(&corps).map_err(|erreur| Error::Geometrie {
                        action: "lecture d'une tuile publiée",
                        message: erreur.to_string(),
                    })?)
                }
                _ => clair.extend(corps),
            }
        }
        if clair.is_empty() {
            return Ok(Corps::nouveau(clair));
        }
        Ok(Corps::nouveau(demande.encodage.encoder(clair)))
    }
}

fn erreur(erreur: MartinCoreError) -> Error {
    let action = "dessin d'une tuile";
    let message = match erreur {
        MartinCoreError::OtherError(cause) => match cause.downcast::<sqlx::Error>() {
            Ok(source) => return Error::Base { action, source: *source },
            Err(cause) => cause.to_string(),
        },
        autre => autre.to_string(),
    };
    Error::Geometrie { action, message }
}

impl Corps {
    fn nouveau(octets: Vec<u8>) -> Self {
        Self { etag: etag(&octets), octets: octets.into() }
    }
}

impl DemandeDeTuile<'_> {
    /// A hash of all that makes the body.
    fn cle(&self, version: i64) -> u128 {
        use std::fmt::Write;
        let mut texte = String::with_capacity(96);
        let TileCoord { z, x, y } = self.xyz;
        let qui = self.principal.reglage();
        // Writing to a string does not fail.
        let _ =
            write!(texte, "{version}\0{qui}\0{:?}\0{z}/{x}/{y}\0{}", self.encodage, self.couches);
        for (nom, valeur) in self.parametres.iter().filter(|(nom, _)| *nom != PARAMETRE_VERSION) {
            let _ = write!(texte, "\0{nom}={valeur}");
        }
        xxh3_128(texte.as_bytes())
    }
}
