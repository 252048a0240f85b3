//! Who is at the other end of a request, for what is counted by address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use ipnet::IpNet;

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(pub IpAddr);

impl Client {
    /// What is counted of an address. Whoever has one of version 6 has at least 2⁶⁴ of them: those are counted as one.
    pub fn foyer(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(adresse) => IpAddr::V6((u128::from(adresse) & !u128::from(u64::MAX)).into()),
            adresse => adresse,
        }
    }
}

/// Proxies that say for whom they ask. Nobody else is believed.
#[derive(Debug, Clone, Default)]
pub struct Mandataires(pub Arc<[IpNet]>);

impl Mandataires {
    fn compte(&self, adresse: IpAddr) -> bool {
        self.0.iter().any(|reseau| reseau.contains(&adresse))
    }

    /// Notes the client's address for whoever counts.
    pub fn noter_le_client(&self, requete: &mut Request) {
        let pair = requete.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        if let Some(pair) = pair {
            let client = self.client(pair.to_canonical(), requete.headers());
            requete.extensions_mut().insert(Client(client));
        }
    }

    /// The last address that is not that of a proxy: whatever stands before it may be made up.
    fn client(&self, pair: IpAddr, entetes: &HeaderMap) -> IpAddr {
        let mut client = pair;
        let relais = entetes.get_all("x-forwarded-for").iter().rev();
        let adresses = relais
            .filter_map(|entete| entete.to_str().ok())
            .flat_map(|entete| entete.rsplit(','))
            .map(|adresse| adresse.trim().parse::<IpAddr>());
        for adresse in adresses {
            if !self.compte(client) {
                break;
            }
            let Ok(adresse) = adresse else { break };
            client = adresse.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_are_counted_as_one() {
        let foyer = |adresse: &str| Client(adresse.parse().unwrap()).foyer().to_string();
        assert_eq!(foyer("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(foyer("2001:db8:1:2:ffff::"), foyer("2001:db8:1:2::1"));
        assert_ne!(foyer("2001:db8:1:3::1"), foyer("2001:db8:1:2::1"));
        assert_eq!(foyer("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(foyer("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn only_declared_proxies_are_believed() {
        let mandataires = Mandataires(Arc::new(["10.0.0.0/8".parse().unwrap()]));
        let mut entetes = HeaderMap::new();
        entetes.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.1.1.1".parse().unwrap());
        let client = |pair: &str| mandataires.client(pair.parse().unwrap(), &entetes).to_string();
        assert_eq!(client("10.2.2.2"), "198.51.100.7");
        assert_eq!(client("192.0.2.1"), "192.0.2.1");
        let personne = Mandataires::default();
        assert_eq!(personne.client([10, 2, 2, 2].into(), &entetes).to_string(), "10.2.2.2");
    }
}
