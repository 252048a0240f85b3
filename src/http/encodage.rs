//! Which encoding of a body a client accepts, and how to make it.

use std::cell::RefCell;
use std::io::Read;

use axum::http::{HeaderMap, header};
use flate2::read::GzDecoder;
use libdeflater::{CompressionLvl, Compressor};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encodage {
    Identite,
    Gzip,
    Zstd,
}

impl Encodage {
    /// The best that `Accept-Encoding` allows. Absent, the header allows identity alone.
    pub fn negocier(entetes: &HeaderMap) -> Self {
        let Some(acceptes) = entetes.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok())
        else {
            return Self::Identite;
        };
        let accepte = |nom: &str| {
            acceptes.split(',').any(|choix| {
                let mut morceaux = choix.split(';').map(str::trim);
                let meme = morceaux.next().is_some_and(|choix| choix.eq_ignore_ascii_case(nom));
                let refuse = morceaux
                    .filter_map(|poids| poids.strip_prefix("q="))
                    .any(|poids| poids.parse().is_ok_and(|poids: f32| poids == 0.0));
                meme && !refuse
            })
        };
        if accepte("zstd") {
            Self::Zstd
        } else if accepte("gzip") {
            Self::Gzip
        } else {
            Self::Identite
        }
    }

    /// The value of `Content-Encoding`, if there is one.
    pub fn nom(self) -> Option<&'static str> {
        match self {
            Self::Identite => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// Encodes a body, quickly rather than tightly.
    pub fn encoder(self, corps: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Identite => corps,
            Self::Gzip => RAPIDE.with_borrow_mut(|compresseur| gzip(compresseur, &corps)),
            Self::Zstd => zstd::bulk::compress(&corps, 3).expect("compression in memory"),
        }
    }
}

thread_local! {
    // Made once a thread: for a tile of a few hundred bytes it costs more than the compression.
    static RAPIDE: RefCell<Compressor> = RefCell::new(Compressor::new(CompressionLvl::new(5).expect("a level from 0 to 12")));
}

/// Encodes a body that will be kept, tightly.
pub fn gzip_serre(corps: &[u8]) -> Vec<u8> {
    gzip(&mut Compressor::new(CompressionLvl::best()), corps)
}

fn gzip(compresseur: &mut Compressor, corps: &[u8]) -> Vec<u8> {
    let mut code = vec![0; compresseur.gzip_compress_bound(corps.len())];
    let taille = compresseur.gzip_compress(corps, &mut code).expect("the bound is large enough");
    code.truncate(taille);
    code
}

/// Decodes what [`gzip_serre`] made.
pub fn degzip(corps: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut clair = Vec::with_capacity(corps.len() * 2);
    GzDecoder::new(corps).read_to_end(&mut clair)?;
    Ok(clair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negocier(accept: &'static str) -> Encodage {
        let mut entetes = HeaderMap::new();
        entetes.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        Encodage::negocier(&entetes)
    }

    #[test]
    fn best_accepted_encoding_wins() {
        assert_eq!(negocier("gzip, deflate, br, zstd"), Encodage::Zstd);
        assert_eq!(negocier("gzip, deflate"), Encodage::Gzip);
        assert_eq!(negocier("br"), Encodage::Identite);
    }

    #[test]
    fn weight_zero_is_a_refusal() {
        assert_eq!(negocier("zstd;q=0, gzip;q=0.5"), Encodage::Gzip);
        assert_eq!(negocier("gzip;q=0"), Encodage::Identite);
    }

    #[test]
    fn bodies_survive_encoding() {
        let corps = b"maillage ".repeat(100);
        assert_eq!(degzip(&Encodage::Gzip.encoder(corps.clone())).unwrap(), corps);
        assert_eq!(degzip(&gzip_serre(&corps)).unwrap(), corps);
        let zstd = Encodage::Zstd.encoder(corps.clone());
        assert_eq!(zstd::bulk::decompress(&zstd, corps.len()).unwrap(), corps);
    }
}
