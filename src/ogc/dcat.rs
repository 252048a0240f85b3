//! The catalogue for data portals: DCAT-AP 2.1, as JSON-LD. A dataset is a collection; its distributions are the files
//! and the API.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::documents::{Contexte, adresse_de_licence, licences};
use crate::diffusion::{Catalogue, Collection, attributions};
use crate::exports::Format;

/// Media type.
pub const GENRE: &str = "application/ld+json";

const LANGUE: &str = "http://publications.europa.eu/resource/authority/language/FRA";
const GEOGRAPHIE: &str = "http://publications.europa.eu/resource/authority/data-theme/REGI";
const ADMINISTRATION: &str = "http://publications.europa.eu/resource/authority/data-theme/GOVE";
const MEDIAS: &str = "https://www.iana.org/assignments/media-types/";
const FORMATS: &str = "http://publications.europa.eu/resource/authority/file-type/";
const PUBLIC: &str = "http://publications.europa.eu/resource/authority/access-right/PUBLIC";
const CADENCE: &str = "http://publications.europa.eu/resource/authority/frequency/IRREG";

pub fn catalogue(catalogue: &Catalogue, contexte: &Contexte<'_>) -> Value {
    let racine = &contexte.adresses.0.0;
    let jeux: Vec<Value> =
        catalogue.collections.iter().map(|collection| jeu(collection, contexte)).collect();
    let ids: Vec<&Value> = jeux.iter().map(|jeu| &jeu["@id"]).collect();
    json!({
        "@context": vocabulaires(),
        "@id": format!("{racine}/dcat"),
        "@type": "dcat:Catalog",
        "dct:title": francais("maillage"),
        "dct:description": francais("Territoires, zones d'intervention, demandes et indicateurs des réseaux \
            départementaux d'ingénierie territoriale."),
        "dct:language": { "@id": LANGUE },
        "dct:publisher": editeur(racine),
        "foaf:homepage": { "@id": format!("{racine}/") },
        "dct:modified": instant(contexte.mises_a_jour.donnees),
        "dcat:service": {
            "@id": contexte.adresses.de(""),
            "@type": "dcat:DataService",
            "dct:title": francais("maillage : OGC API"),
            "dcat:endpointURL": { "@id": contexte.adresses.de("") },
            "dcat:endpointDescription": { "@id": contexte.adresses.de("/api") },
            "dct:conformsTo": { "@id": "http://www.opengis.net/spec/ogcapi-features-1/1.0" },
            "dcat:servesDataset": ids.iter().map(|id| json!({ "@id": id })).collect::<Vec<_>>(),
        },
        "dcat:dataset": jeux,
    })
}

fn vocabulaires() -> Value {
    json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "locn": "http://www.w3.org/ns/locn#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    })
}

fn francais(texte: &str) -> Value {
    json!({ "@value": texte, "@language": "fr" })
}

fn instant(le: DateTime<Utc>) -> Value {
    json!({ "@value": le.to_rfc3339(), "@type": "xsd:dateTime" })
}

/// Whoever runs this service: its address says who.
fn editeur(racine: &str) -> Value {
    json!({ "@id": format!("{racine}/#editeur"), "@type": "foaf:Agent", "foaf:name": "maillage",
        "foaf:homepage": { "@id": format!("{racine}/") } })
}

fn jeu(collection: &Collection, contexte: &Contexte<'_>) -> Value {
    let racine = &contexte.adresses.0.0;
    let chemin = contexte.adresses.de(&format!("/collections/{}", collection.id));
    let themes = if collection.d_un_reseau() { ADMINISTRATION } else { GEOGRAPHIE };
    let mut jeu = json!({
        "@id": chemin,
        "@type": "dcat:Dataset",
        "dct:identifier": collection.id,
        "dct:title": francais(&collection.titre),
        "dct:description": francais(&collection.description),
        "dct:language": { "@id": LANGUE },
        "dct:publisher": editeur(racine),
        "dct:accessRights": { "@id": PUBLIC },
        "dct:accrualPeriodicity": { "@id": CADENCE },
        "dcat:theme": { "@id": themes },
        "dcat:landingPage": { "@id": format!("{chemin}?f=html") },
        "dct:modified": instant(contexte.mises_a_jour.de(collection)),
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": francais(&attributions(collection, contexte.sources).join(" · ")),
        },
        "dcat:distribution": distributions(collection, contexte),
    });
    if let Some([ouest, sud, est, nord]) = contexte.emprises.de(collection) {
        jeu["dct:spatial"] = json!({
            "@type": "dct:Location",
            "dcat:bbox": {
                "@value": format!("POLYGON(({ouest} {sud},{est} {sud},{est} {nord},{ouest} {nord},{ouest} {sud}))"),
                "@type": "http://www.opengis.net/ont/geosparql#wktLiteral",
            },
        });
    }
    jeu
}

fn distributions(collection: &Collection, contexte: &Contexte<'_>) -> Vec<Value> {
    let racine = &contexte.adresses.0.0;
    // The strictest cannot be told from names: all of those that are known are given.
    let licences: Vec<Value> = licences(collection, contexte.sources)
        .into_iter()
        .filter_map(adresse_de_licence)
        .map(|adresse| json!({ "@id": adresse }))
        .collect();
    let api = contexte.adresses.de(&format!("/collections/{}/items", collection.id));
    let mut distributions = vec![json!({
        "@id": api,
        "@type": "dcat:Distribution",
        "dct:title": francais("OGC API – Features"),
        "dcat:accessURL": { "@id": api },
        "dcat:accessService": { "@id": contexte.adresses.de("") },
        "dcat:mediaType": { "@id": format!("{MEDIAS}application/geo+json") },
        "dct:license": licences,
    })];
    distributions.extend(Format::de(collection).map(|format| {
        let adresse = format!("{racine}/exports/{}.{}", collection.id, format.extension());
        let genre = format.genre().split(';').next().unwrap_or_default();
        json!({
            "@id": adresse,
            "@type": "dcat:Distribution",
            "dct:title": francais(format.nom()),
            "dcat:accessURL": { "@id": adresse },
            "dcat:downloadURL": { "@id": adresse },
            "dcat:mediaType": { "@id": format!("{MEDIAS}{genre}") },
            "dct:format": { "@id": format!("{FORMATS}{}", format.au_catalogue()) },
            "dct:license": licences,
        })
    }));
    distributions
}
