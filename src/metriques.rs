//! What the service measures of itself, for Prometheus.

use std::time::Duration;

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use crate::tuiles::ServiceTuiles;

#[derive(Debug)]
pub struct Metriques {
    registre: Registry,
    requetes: IntCounterVec,
    durees: HistogramVec,
    tuiles_gardees: IntGauge,
    octets_gardes: IntGauge,
    version: IntGauge,
    connexions: IntGauge,
}

impl Default for Metriques {
    fn default() -> Self {
        let registre = Registry::new();
        let jauge = |nom, aide| {
            let jauge = IntGauge::new(nom, aide).expect("a valid metric name");
            registre.register(Box::new(jauge.clone())).expect("a metric registered once");
            jauge
        };
        let requetes = IntCounterVec::new(
            Opts::new("maillage_requetes_total", "Requêtes servies, par route et statut"),
            &["route", "statut"],
        )
        .expect("a valid metric name");
        let bornes = vec![0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
        let durees = HistogramVec::new(
            HistogramOpts::new("maillage_duree_secondes", "Durée des réponses, par route")
                .buckets(bornes),
            &["route"],
        )
        .expect("a valid metric name");
        registre.register(Box::new(requetes.clone())).expect("a metric registered once");
        registre.register(Box::new(durees.clone())).expect("a metric registered once");
        Self {
            requetes,
            durees,
            tuiles_gardees: jauge("maillage_tuiles_gardees", "Tuiles gardées prêtes"),
            octets_gardes: jauge("maillage_tuiles_octets", "Octets des tuiles gardées prêtes"),
            version: jauge(
                "maillage_version_donnees",
                "Version des données ; 0 quand la base est injoignable",
            ),
            connexions: jauge("maillage_connexions", "Connexions ouvertes à la base"),
            registre,
        }
    }
}

impl Metriques {
    /// Counts one answer.
    pub fn noter(&self, route: &str, statut: u16, duree: Duration) {
        self.requetes.with_label_values(&[route, &statut.to_string()]).inc();
        self.durees.with_label_values(&[route]).observe(duree.as_secs_f64());
    }

    /// Reads what is not counted on the way.
    pub fn observer(&self, connexions: u32, tuiles: &ServiceTuiles) {
        let (gardees, octets) = tuiles.gardees();
        self.tuiles_gardees.set(i64::try_from(gardees).unwrap_or(i64::MAX));
        self.octets_gardes.set(i64::try_from(octets).unwrap_or(i64::MAX));
        self.version.set(tuiles.version().unwrap_or(0));
        self.connexions.set(i64::from(connexions));
    }

    pub fn texte(&self) -> prometheus::Result<String> {
        TextEncoder::new().encode_to_string(&self.registre.gather())
    }
}
