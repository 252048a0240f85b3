//! Communes as sets of atomes, through time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};

use super::histoire::{Edition, Histoire, Mouvement, premier_janvier};
use super::liens::{Lien, expliquees, groupes};
use crate::territoires::codes::departement;

/// First and last years that a code may be of.
const PREMIERE_ANNEE: i16 = 1943;
const DERNIERE_ANNEE: i16 = 2100;

pub type Atome = usize;
pub type Ensemble = BTreeSet<Atome>;

/// A commune between two changes of its territory.
#[derive(Debug)]
pub struct Periode {
    pub code: String,
    pub nom: Option<String>,
    debut: NaiveDate,
    /// First day when it is no longer so.
    fin: Option<NaiveDate>,
    pub atomes: Ensemble,
}

impl Periode {
    pub fn couvre(&self, jour: NaiveDate) -> bool {
        self.debut <= jour && self.fin.is_none_or(|fin| fin > jour)
    }

    /// First and last years whose 1 January it covers.
    pub fn annees(&self) -> Option<(i16, i16)> {
        let annee = |date: NaiveDate| i16::try_from(date.year()).unwrap_or(DERNIERE_ANNEE);
        let depuis = annee(self.debut) + i16::from(self.debut.ordinal() > 1);
        let jusqu =
            self.fin.map_or(DERNIERE_ANNEE, |fin| annee(fin) - i16::from(fin.ordinal() == 1));
        (depuis <= jusqu).then_some((depuis, jusqu))
    }
}

/// Every commune of every time.
#[derive(Debug, Default)]
pub struct Carte {
    /// For each atome, the two that it was divided in, if it was.
    enfants: Vec<Option<[Atome; 2]>>,
    pub periodes: Vec<Periode>,
    /// Ranks of the periods of a code, in order.
    vies: HashMap<String, Vec<usize>>,
    /// Communes of the day: their present period.
    vivantes: BTreeMap<String, usize>,
}

impl Carte {
    pub fn derouler(histoire: &Histoire) -> Self {
        let mut carte = Self::default();
        for (code, nom) in histoire.initiales() {
            let atome = carte.atome();
            carte.ouvrir(code, nom, premier_janvier(PREMIERE_ANNEE), [atome].into());
        }
        let mut editions = histoire.editions.iter().peekable();
        for jour in histoire.mouvements.chunk_by(|a, b| a.date == b.date) {
            // What an edition says is settled before anything later happens.
            while let Some(edition) = editions.next_if(|edition| edition.date() < jour[0].date) {
                carte.accorder(edition);
            }
            carte.appliquer(jour[0].date, jour.to_vec());
        }
        for edition in editions {
            carte.accorder(edition);
        }
        carte
    }

    fn atome(&mut self) -> Atome {
        self.enfants.push(None);
        self.enfants.len() - 1
    }

    fn ouvrir(&mut self, code: String, nom: Option<String>, debut: NaiveDate, atomes: Ensemble) {
        let rang = self.periodes.len();
        self.vies.entry(code.clone()).or_default().push(rang);
        self.vivantes.insert(code.clone(), rang);
        self.periodes.push(Periode { code, nom, debut, fin: None, atomes });
    }

    /// Ends the present period of a commune. Gives its name and its atomes.
    fn fermer(&mut self, code: &str, fin: NaiveDate) -> (Option<String>, Ensemble) {
        match self.vivantes.remove(code) {
            Some(rang) => {
                self.periodes[rang].fin = Some(fin);
                let atomes = self.feuilles(&self.periodes[rang].atomes);
                (self.periodes[rang].nom.clone(), atomes)
            }
            // A source that speaks of a commune it has never named.
            None => (None, [self.atome()].into()),
        }
    }

    /// The atomes that were never divided, of which these are made.
    pub fn feuilles(&self, atomes: &Ensemble) -> Ensemble {
        let mut pile: Vec<Atome> = atomes.iter().copied().collect();
        let mut feuilles = Ensemble::new();
        while let Some(atome) = pile.pop() {
            match self.enfants[atome] {
                Some(enfants) => pile.extend(enfants),
                None => {
                    feuilles.insert(atome);
                }
            }
        }
        feuilles
    }

    /// The last territory of a code that is a part, and not the whole, of the given one.
    fn ancien_territoire(&self, code: &str, dans: &Ensemble) -> Option<Ensemble> {
        self.vies.get(code)?.iter().rev().find_map(|&rang| {
            let atomes = self.feuilles(&self.periodes[rang].atomes);
            (atomes.len() < dans.len() && atomes.is_subset(dans)).then_some(atomes)
        })
    }

    /// Makes the communes of the day those of an edition: what differs has happened since.
    fn accorder(&mut self, edition: &Edition) {
        let date = edition.date();
        let nom = |code: &str| edition.communes.get(code).map(|commune| commune.nom.clone());
        let mut mouvements = Vec::new();
        // An edition may hold some départements only: it says nothing of the others.
        let departements = edition.departements();
        let parties = self.vivantes.keys().filter(|code| {
            !edition.communes.contains_key(*code) && departements.contains(departement(code))
        });
        for code in parties {
            let apres = edition.absorbes.get(code).cloned();
            mouvements.push(Mouvement {
                date,
                avant: Some(code.clone()),
                nom_avant: None,
                nom_apres: apres.as_deref().and_then(nom),
                apres,
            });
        }
        for code in edition.communes.keys().filter(|code| !self.vivantes.contains_key(*code)) {
            if !mouvements.iter().any(|mouvement| mouvement.apres.as_deref() == Some(code)) {
                mouvements.push(Mouvement {
                    date,
                    avant: None,
                    apres: Some(code.clone()),
                    nom_avant: None,
                    nom_apres: nom(code),
                });
            }
        }
        // Whom a commune comes out of keeps the name that the edition gives it.
        let sources = self.origines(&mouvements);
        for mouvement in &mut mouvements {
            if let (None, Some(apres)) = (&mouvement.avant, &mouvement.apres)
                && let Some(origine) = sources.get(apres)
            {
                mouvement.avant = Some(origine.clone());
            }
        }
        let restantes: BTreeSet<String> = sources.into_values().collect();
        mouvements.extend(
            restantes.into_iter().filter(|code| edition.communes.contains_key(code)).map(|code| {
                Mouvement {
                    date,
                    avant: Some(code.clone()),
                    nom_avant: None,
                    nom_apres: nom(&code),
                    apres: Some(code),
                }
            }),
        );
        self.appliquer(date, mouvements);
        for (code, commune) in &edition.communes {
            if let Some(&rang) = self.vivantes.get(code) {
                self.periodes[rang].nom = Some(commune.nom.clone());
            }
        }
    }

    /// For communes that appear out of none that is named: the one that holds what they last were.
    fn origines(&self, mouvements: &[Mouvement]) -> BTreeMap<String, String> {
        let (nommees, _) = expliquees(mouvements);
        let mut origines = BTreeMap::new();
        for mouvement in mouvements.iter().filter(|mouvement| mouvement.avant.is_none()) {
            let Some(code) = mouvement.apres.as_ref().filter(|code| !nommees.contains(*code))
            else {
                continue;
            };
            let Some(&rang) = self.vies.get(code).and_then(|vies| vies.last()) else { continue };
            let dernier = self.feuilles(&self.periodes[rang].atomes);
            let hote = self
                .vivantes
                .iter()
                .find(|(_, rang)| dernier.is_subset(&self.feuilles(&self.periodes[**rang].atomes)));
            if let Some((hote, _)) = hote {
                origines.insert(code.clone(), hote.clone());
            }
        }
        origines
    }

    /// What happened on one day.
    fn appliquer(&mut self, date: NaiveDate, mut mouvements: Vec<Mouvement>) {
        // An appearance that another row explains is none; nor is such a disappearance.
        let (venues, parties) = expliquees(&mouvements);
        mouvements.retain(|mouvement| match (&mouvement.avant, &mouvement.apres) {
            (None, Some(code)) => !venues.contains(code),
            (Some(code), None) => !parties.contains(code),
            _ => true,
        });
        let origines = self.origines(&mouvements);
        let mut liens: Vec<Lien> = Vec::new();
        for mouvement in mouvements.drain(..) {
            match (mouvement.avant, mouvement.apres) {
                (Some(avant), Some(apres)) => liens.push(Lien {
                    avant,
                    apres,
                    nom_avant: mouvement.nom_avant,
                    nom_apres: mouvement.nom_apres,
                }),
                (None, Some(apres)) => {
                    if let Some(origine) = origines.get(&apres) {
                        liens.push(Lien::identite(origine));
                        liens.push(Lien {
                            avant: origine.clone(),
                            apres,
                            nom_avant: None,
                            nom_apres: mouvement.nom_apres,
                        });
                    } else if !self.vivantes.contains_key(&apres) {
                        let atome = self.atome();
                        self.ouvrir(apres, mouvement.nom_apres, date, [atome].into());
                    }
                }
                (Some(avant), None) => {
                    if self.vivantes.contains_key(&avant) {
                        liens.push(Lien { apres: String::new(), ..Lien::identite(&avant) });
                    }
                }
                (None, None) => {}
            }
        }
        self.enchainer(&mut liens);
        // A commune that receives keeps what it had.
        let receveuses: BTreeSet<&String> = liens.iter().map(|lien| &lien.apres).collect();
        let gardees: Vec<Lien> = receveuses
            .into_iter()
            .filter(|code| self.vivantes.contains_key(*code))
            .filter(|code| !liens.iter().any(|lien| lien.avant == **code))
            .map(|code| Lien::identite(code))
            .collect();
        liens.extend(gardees);
        for groupe in groupes(liens) {
            if groupe.iter().any(|lien| lien.avant != lien.apres) {
                self.transformer(date, &groupe);
            }
        }
    }

    /// Two changes of one day in a row (a change of département, then a merger) are one.
    fn enchainer(&self, liens: &mut Vec<Lien>) {
        while let Some(rang) = liens.iter().position(|lien| {
            !self.vivantes.contains_key(&lien.avant)
                && liens.iter().any(|l| l.apres == lien.avant && l.avant != lien.avant)
        }) {
            let relais = liens.remove(rang);
            let suites: Vec<Lien> = liens
                .iter()
                .filter(|lien| lien.apres == relais.avant)
                .map(|lien| Lien {
                    avant: lien.avant.clone(),
                    nom_avant: lien.nom_avant.clone(),
                    ..relais.clone()
                })
                .collect();
            // The last link out of the intermediate code takes its place.
            if !liens.iter().any(|lien| lien.avant == relais.avant) {
                liens.retain(|lien| lien.apres != relais.avant);
            }
            liens.extend(suites);
        }
    }

    /// Communes that change together.
    fn transformer(&mut self, date: NaiveDate, liens: &[Lien]) {
        let mut apres: BTreeMap<&str, (Ensemble, Option<String>)> = BTreeMap::new();
        let avants: BTreeSet<&str> = liens.iter().map(|lien| lien.avant.as_str()).collect();
        for avant in avants {
            let (nom_connu, atomes) = self.fermer(avant, date);
            let mut successeurs: Vec<&Lien> =
                liens.iter().filter(|lien| lien.avant == avant && !lien.apres.is_empty()).collect();
            successeurs.sort_by(|a, b| a.apres.cmp(&b.apres));
            successeurs.dedup_by(|a, b| a.apres == b.apres);
            for (lien, part) in self.partager(avant, nom_connu, atomes, &successeurs) {
                let commune = apres.entry(&lien.apres).or_default();
                commune.0.extend(part);
                commune.1 = commune.1.take().or_else(|| lien.nom_apres.clone());
            }
        }
        for (code, (atomes, nom)) in apres {
            self.ouvrir(code.to_owned(), nom, date, atomes);
        }
    }

    /// Shares the atomes of a commune among those that it has become: each takes back what it had;
    /// what is left goes to the one that continues it.
    fn partager<'l>(
        &mut self,
        avant: &str,
        nom_connu: Option<String>,
        atomes: Ensemble,
        successeurs: &[&'l Lien],
    ) -> Vec<(&'l Lien, Ensemble)> {
        let Some(premier) = successeurs.first() else { return Vec::new() };
        // The one that keeps the name, else the code.
        let meme_nom = |lien: &&&Lien| {
            let nom_avant = lien.nom_avant.as_ref().or(nom_connu.as_ref());
            nom_avant.zip(lien.nom_apres.as_ref()).is_some_and(|(a, b)| cle(a) == cle(b))
        };
        let suite = successeurs
            .iter()
            .find(meme_nom)
            .or_else(|| successeurs.iter().find(|lien| lien.apres == avant))
            .unwrap_or(premier);
        let mut reste = atomes.clone();
        let mut parts = Vec::new();
        let mut divisions = Vec::new();
        for lien in successeurs.iter().filter(|lien| lien.apres != suite.apres) {
            match self.ancien_territoire(&lien.apres, &atomes) {
                Some(part) if part.is_subset(&reste) && part.len() < reste.len() => {
                    reste = &reste - &part;
                    parts.push((*lien, part));
                }
                _ => divisions.push(*lien),
            }
        }
        for lien in divisions {
            let propre = self.ancien_territoire(avant, &atomes).unwrap_or_default();
            let divise = reste.intersection(&propre).chain(&reste).next().copied();
            let Some(divise) = divise else { continue };
            let enfants = [self.atome(), self.atome()];
            self.enfants[divise] = Some(enfants);
            reste.remove(&divise);
            reste.insert(enfants[0]);
            parts.push((lien, [enfants[1]].into()));
        }
        parts.push((*suite, reste));
        parts
    }

    /// How much each atome counts when a commune is shared: the population of the smallest commune
    /// that was ever known to hold it, the newest of equals, evenly among its atomes.
    pub fn poids(&self, editions: &[Edition]) -> HashMap<Atome, f64> {
        let mut meilleurs: HashMap<Atome, (usize, f64)> = HashMap::new();
        for edition in editions {
            let jour = edition.date();
            for periode in self.periodes.iter().filter(|periode| periode.couvre(jour)) {
                let population =
                    edition.communes.get(&periode.code).and_then(|commune| commune.population);
                let Some(population) = population else { continue };
                let feuilles = self.feuilles(&periode.atomes);
                #[expect(clippy::cast_precision_loss, reason = "a commune has few atomes")]
                let poids = f64::from(population) / feuilles.len() as f64;
                for feuille in &feuilles {
                    let meilleur = meilleurs.entry(*feuille).or_insert((usize::MAX, 0.0));
                    if feuilles.len() <= meilleur.0 {
                        *meilleur = (feuilles.len(), poids);
                    }
                }
            }
        }
        meilleurs.into_iter().map(|(atome, (_, poids))| (atome, poids)).collect()
    }
}

/// How names are compared: letters alone, in lower case.
fn cle(nom: &str) -> String {
    nom.chars().filter(|lettre| lettre.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
