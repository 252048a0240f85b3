//! What a project is about: a réseau, as whoever asks may read it.

use geo::Coord;
use sqlx::PgConnection;

use super::noeud::sans_calcul;
use crate::couverture::Classement;
use crate::error::Result;
use crate::partenaires::Reseau;
use crate::territoires::{Edition, Projection, SourceDeDonnees, WGS84, projection_legale, sources};

/// Where nothing says where the réseau is: the metropole, in degrees.
const METROPOLE: [f64; 4] = [-5.2, 41.3, 9.6, 51.1];
/// A side of the area is followed by so many points: straight lines of a projection are bent in another.
const PAS: u8 = 8;

#[derive(Debug, Clone)]
pub struct Sujet {
    pub reseau: Reseau,
    /// Codes and names, in the réseau's order.
    pub partenaires: Vec<(String, String)>,
    pub classement: Classement,
    pub edition: Edition,
    /// One line of attribution for each source.
    pub mentions: Vec<String>,
    /// `EPSG:2154`.
    pub systeme: String,
    /// Least easting and northing, then greatest, in that system.
    pub emprise: [f64; 4],
}

impl Sujet {
    /// Reads it in the principal's transaction.
    pub async fn lire(connexion: &mut PgConnection, code: &str) -> Result<Self> {
        let reseau = Reseau::lire(&mut *connexion, code).await?;
        let edition = Edition::avec_contours(&mut *connexion, None).await?;
        let classement = Classement::du_reseau(&mut *connexion, &reseau, edition).await?;
        let mentions = sources(&mut *connexion, Some(edition.edition))
            .await?
            .iter()
            .map(SourceDeDonnees::mention)
            .collect();
        let description = reseau.clone().decrire(connexion).await?;
        let systeme = format!("EPSG:{}", projection_legale(reseau.departement.as_deref()));
        Ok(Self {
            emprise: emprise(description.emprise().unwrap_or(METROPOLE), &systeme)?,
            partenaires: description
                .noms_des_partenaires()
                .into_iter()
                .map(|(code, nom)| (code, sans_calcul(&nom)))
                .collect(),
            reseau,
            classement,
            edition,
            mentions,
            systeme,
        })
    }

    /// What must be said of data that are not real, ending with a point.
    pub fn avertissement(&self) -> Option<String> {
        const AVIS: &str = "Données de démonstration";
        if !self.reseau.demonstration {
            return None;
        }
        Some(match &self.reseau.mention {
            Some(mention) if mention.starts_with(AVIS) => mention.clone(),
            Some(mention) => format!("{AVIS} : {mention}"),
            None => format!("{AVIS}."),
        })
    }

    /// The name of a layer that shows the réseau's own data.
    pub fn nom_de_couche(&self, nom: &str) -> String {
        match self.reseau.demonstration {
            true => format!("{nom} (démonstration)"),
            false => nom.to_owned(),
        }
    }

    pub fn titre(&self) -> String {
        format!("Couverture — {}", self.reseau.nom_court)
    }
}

/// The least box of a projection that holds a box of degrees.
fn emprise([ouest, sud, est, nord]: [f64; 4], systeme: &str) -> Result<[f64; 4]> {
    let projection = Projection::nouvelle(WGS84, systeme)?;
    let mut boite = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for i in 0..=PAS {
        let part = f64::from(i) / f64::from(PAS);
        let (x, y) = (ouest + (est - ouest) * part, sud + (nord - sud) * part);
        for point in [(x, sud), (x, nord), (ouest, y), (est, y)] {
            let Coord { x, y } = projection.point(Coord { x: point.0, y: point.1 })?;
            boite = [boite[0].min(x), boite[1].min(y), boite[2].max(x), boite[3].max(y)];
        }
    }
    // The metre is enough, and the same everywhere.
    Ok(boite.map(f64::round))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_projected_with_its_bent_sides() {
        let [ouest, sud, est, nord] = emprise([4.6, 44.1, 5.8, 45.4], "EPSG:2154").unwrap();
        assert!((825_000.0..830_000.0).contains(&ouest) && (921_000.0..926_000.0).contains(&est));
        assert!(
            (6_334_000.0..6_338_000.0).contains(&sud) && (6_478_000.0..6_486_000.0).contains(&nord)
        );
    }
}
