//! Values carried from one millésime to another, and put together on larger units.
//!
//! A stock adds up: a commune that merged brings all that it had, one that was divided is shared by
//! the passage. Where a share is not known, nor is the sum. A value that is missing makes a sum partial,
//! never wrong.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// Why a unit has a value or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Etat {
    Valeur,
    /// Known to the producer, who may not publish it.
    Secret,
    /// The question makes no sense there.
    SansObjet,
    NonDisponible,
    /// Published elsewhere or before, and the passage does not tell what it is here and now.
    NonCalculable,
}

impl Etat {
    /// As answers and the database name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valeur => "valeur",
            Self::Secret => "secret",
            Self::SansObjet => "sans_objet",
            Self::NonDisponible => "non_disponible",
            Self::NonCalculable => "non_calculable",
        }
    }
}

/// What is known of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connue {
    pub etat: Etat,
    /// Finite when the state is [`Etat::Valeur`]; else unused.
    pub valeur: f64,
    /// A sum that lacks the value of some of its parts.
    pub partielle: bool,
    /// A share that a key estimates enters it.
    pub estimee: bool,
}

impl Connue {
    /// Without value, and why.
    pub const fn sans(etat: Etat) -> Self {
        Self { etat, valeur: 0.0, partielle: false, estimee: false }
    }

    /// A value, whole and published.
    pub const fn valant(valeur: f64) -> Self {
        Self { valeur, ..Self::sans(Etat::Valeur) }
    }

    /// As it is shown, with this many decimals.
    pub fn arrondie(self, decimales: u8) -> Self {
        let facteur = 10_f64.powi(decimales.into());
        let arrondie = (self.valeur * facteur).round() / facteur;
        Self { valeur: if arrondie.is_finite() { arrondie } else { self.valeur }, ..self }
    }
}

/// Values as published, on the communes (or the units) of one millésime.
#[derive(Debug, Clone)]
pub struct Serie {
    pub codes: Vec<String>,
    pub valeurs: Vec<Connue>,
}

/// What a successor has of what a commune counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// By the passage.
    Sue(f64),
    /// By a key.
    Estimee(f64),
    /// Going back in time, among communes that have merged.
    Inconnue,
}

impl Part {
    fn valeur(self) -> Option<f64> {
        match self {
            Self::Sue(part) | Self::Estimee(part) => Some(part),
            Self::Inconnue => None,
        }
    }
}

/// Codes of that millésime that are others in the one shown: each successor with its share. The shares
/// of a commune make a whole.
pub type Suites = HashMap<String, Vec<(String, Part)>>;

/// Gives unknown shares those of a key: what each of the successors has of their sum. Where the key is
/// missing for one of them, or is nothing for all, shares stay unknown.
pub fn repartir(suites: &mut Suites, cle: &HashMap<String, f64>) {
    for successeurs in suites.values_mut() {
        if !successeurs.iter().any(|(_, part)| *part == Part::Inconnue) {
            continue;
        }
        let poids: Option<Vec<f64>> = successeurs
            .iter()
            .map(|(code, _)| cle.get(code).copied().filter(|poids| *poids >= 0.0))
            .collect();
        let Some(poids) = poids else { continue };
        let total: f64 = poids.iter().sum();
        if total > 0.0 {
            for ((_, part), poids) in successeurs.iter_mut().zip(poids) {
                *part = Part::Estimee(poids / total);
            }
        }
    }
}

/// The communes of the millésime shown, and the ranks of the units that each belongs to.
#[derive(Debug, Clone, Default)]
pub struct Appartenance {
    /// Codes of the units, in order.
    pub unites: Vec<String>,
    /// Where the ranks of each commune are in `rangs`. None: each commune is its own unit.
    communes: Option<HashMap<String, Range<usize>>>,
    rangs: Vec<usize>,
}

impl Appartenance {
    /// `parents` gives the unit of each commune, several when it is there as often in a row; a commune
    /// without one belongs to none.
    pub fn nouvelle(communes: Vec<String>, parents: Vec<Option<String>>) -> Self {
        let mut unites: Vec<String> = parents.iter().flatten().cloned().collect();
        unites.sort_unstable();
        unites.dedup();
        let mut rangs = Vec::with_capacity(communes.len());
        let mut places: HashMap<String, Range<usize>> = HashMap::with_capacity(communes.len());
        for (commune, parent) in communes.into_iter().zip(parents) {
            let Some(rang) = parent.and_then(|parent| unites.binary_search(&parent).ok()) else {
                continue;
            };
            rangs.push(rang);
            let fin = rangs.len();
            places.entry(commune).or_insert(fin - 1..fin).end = fin;
        }
        Self { unites, communes: Some(places), rangs }
    }

    /// Each commune is its own unit.
    pub fn communes(mut codes: Vec<String>) -> Self {
        codes.sort_unstable();
        Self { rangs: (0..codes.len()).collect(), unites: codes, communes: None }
    }

    /// Groups that may share communes, named by their rank.
    pub fn groupes(groupes: &[&[String]]) -> Self {
        let mut par_commune: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
        for (rang, communes) in groupes.iter().enumerate() {
            for commune in *communes {
                par_commune.entry(commune).or_default().insert(rang);
            }
        }
        let unites = (0..groupes.len()).map(|rang| rang.to_string()).collect();
        let mut communes = HashMap::new();
        let mut places = Vec::new();
        for (commune, rangs) in par_commune {
            let debut = places.len();
            places.extend(rangs);
            communes.insert(commune.clone(), debut..places.len());
        }
        Self { unites, communes: Some(communes), rangs: places }
    }

    /// The communes that belong to some unit, each as its own.
    pub fn par_commune(&self) -> Self {
        match &self.communes {
            Some(communes) => Self::communes(communes.keys().cloned().collect()),
            None => self.clone(),
        }
    }

    /// Ranks of the units that a commune belongs to. `suivant` is the rank that follows the last one
    /// found: publications list their communes in order, and are read without searching.
    fn de(&self, commune: &str, suivant: &mut usize) -> &[usize] {
        let place = match &self.communes {
            Some(communes) => communes.get(commune).cloned(),
            None => {
                let attendue = self.unites.get(*suivant).is_some_and(|unite| unite == commune);
                let trouvee = if attendue {
                    Some(*suivant)
                } else {
                    self.unites.binary_search_by(|unite| unite.as_str().cmp(commune)).ok()
                };
                trouvee.map(|rang| {
                    *suivant = rang + 1;
                    rang..rang + 1
                })
            }
        };
        place.map_or(&[], |place| &self.rangs[place])
    }

    /// Ranks of the units that all of these communes belong to.
    fn de_toutes(&self, successeurs: &[(String, Part)]) -> Vec<usize> {
        let Some(((premier, _), autres)) = successeurs.split_first() else { return Vec::new() };
        let partout =
            |rang: &usize| autres.iter().all(|(code, _)| self.de(code, &mut 0).contains(rang));
        self.de(premier, &mut 0).iter().copied().filter(partout).collect()
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Somme {
    valeur: f64,
    connues: u32,
    secretes: u32,
    absentes: u32,
    sans_objet: u32,
    incertaine: bool,
    estimee: bool,
}

impl Somme {
    fn ajouter(&mut self, connue: Connue) {
        match connue.etat {
            Etat::Valeur => {
                self.valeur += connue.valeur;
                self.connues += 1;
                self.estimee |= connue.estimee;
            }
            Etat::Secret => self.secretes += 1,
            Etat::SansObjet => self.sans_objet += 1,
            Etat::NonDisponible => self.absentes += 1,
            Etat::NonCalculable => self.incertaine = true,
        }
    }

    fn connue(self) -> Connue {
        let etat = match self {
            Self { incertaine: true, .. } => Etat::NonCalculable,
            Self { connues: 1.., .. } => Etat::Valeur,
            Self { secretes: 1.., .. } => Etat::Secret,
            Self { absentes: 1.., .. } => Etat::NonDisponible,
            Self { sans_objet: 1.., .. } => Etat::SansObjet,
            _ => Etat::NonDisponible,
        };
        let partielle = etat == Etat::Valeur && self.secretes + self.absentes > 0;
        Connue { etat, valeur: self.valeur, partielle, estimee: self.estimee }
    }
}

/// A stock on the units of another millésime, in their order. `entier` keeps whole what is counted:
/// shares are then rounded so that their sum is the value shared. A unit that holds all the successors
/// of a commune has all that it counted, whatever their shares.
pub fn additionner(
    serie: &Serie,
    suites: &Suites,
    appartenance: &Appartenance,
    entier: bool,
) -> Vec<Connue> {
    let mut sommes = vec![Somme::default(); appartenance.unites.len()];
    let mut suivant = 0;
    for (code, connue) in serie.codes.iter().zip(&serie.valeurs) {
        let Some(successeurs) = suites.get(code) else {
            appartenance
                .de(code, &mut suivant)
                .iter()
                .for_each(|&rang| sommes[rang].ajouter(*connue));
            continue;
        };
        let entieres = appartenance.de_toutes(successeurs);
        entieres.iter().for_each(|&rang| sommes[rang].ajouter(*connue));
        let parts: Option<Vec<f64>> = successeurs.iter().map(|(_, part)| part.valeur()).collect();
        let valeurs = parts.map(|parts| partager(connue.valeur, &parts, entier));
        for (ordre, (successeur, part)) in successeurs.iter().enumerate() {
            let estimee = connue.estimee || matches!(part, Part::Estimee(_));
            let recue = match &valeurs {
                Some(valeurs) => Connue { valeur: valeurs[ordre], estimee, ..*connue },
                None => Connue::sans(Etat::NonCalculable),
            };
            for &rang in
                appartenance.de(successeur, &mut 0).iter().filter(|rang| !entieres.contains(rang))
            {
                sommes[rang].ajouter(recue);
            }
        }
    }
    sommes.into_iter().map(Somme::connue).collect()
}

/// Shares a value. Whole, it is shared by the largest remainders, the first of equals before.
fn partager(valeur: f64, parts: &[f64], entier: bool) -> Vec<f64> {
    let exactes: Vec<f64> = parts.iter().map(|part| valeur * part).collect();
    if !entier || valeur.fract() != 0.0 {
        return exactes;
    }
    let mut entieres: Vec<f64> = exactes.iter().map(|exacte| exacte.floor()).collect();
    let mut rangs: Vec<usize> = (0..parts.len()).collect();
    rangs.sort_by(|&a, &b| {
        exactes[b].fract().rem_euclid(1.0).total_cmp(&exactes[a].fract().rem_euclid(1.0))
    });
    let mut reste = valeur - entieres.iter().sum::<f64>();
    for rang in rangs {
        if reste < 0.5 {
            break;
        }
        entieres[rang] += 1.0;
        reste -= 1.0;
    }
    entieres
}

/// Both parts of a ratio on the communes of one millésime, each without what the other lacks: the
/// population of a commune whose area is unknown must not be divided by the area of the others.
pub fn apparier(numerateurs: Serie, denominateurs: Serie) -> (Serie, Serie) {
    let mut codes = numerateurs.codes;
    let mut hauts = numerateurs.valeurs;
    let mut bas = denominateurs.valeurs;
    if codes != denominateurs.codes {
        let absente = Connue::sans(Etat::NonDisponible);
        let mut restants: HashMap<String, Connue> =
            denominateurs.codes.into_iter().zip(bas).collect();
        bas = codes.iter().map(|code| restants.remove(code).unwrap_or(absente)).collect();
        for (code, seul) in restants {
            codes.push(code);
            hauts.push(absente);
            bas.push(seul);
        }
    }
    for (n, d) in hauts.iter_mut().zip(&mut bas) {
        if n.etat != Etat::Valeur || d.etat != Etat::Valeur {
            let manque = Connue::sans(n.etat.max(d.etat));
            (*n, *d) = (manque, manque);
        }
    }
    (Serie { codes: codes.clone(), valeurs: hauts }, Serie { codes, valeurs: bas })
}

/// A ratio, from its parts on the same units.
pub fn rapporter(numerateurs: &[Connue], denominateurs: &[Connue], facteur: f64) -> Vec<Connue> {
    numerateurs
        .iter()
        .zip(denominateurs)
        .map(|(n, d)| {
            if n.etat != Etat::Valeur || d.etat != Etat::Valeur {
                // The more serious of the two states.
                return Connue::sans(n.etat.max(d.etat));
            }
            if d.valeur == 0.0 {
                return Connue::sans(Etat::SansObjet);
            }
            Connue {
                etat: Etat::Valeur,
                valeur: n.valeur / d.valeur * facteur,
                partielle: n.partielle || d.partielle,
                estimee: n.estimee || d.estimee,
            }
        })
        .collect()
}

/// What does not add up, on the units that are still what they were; `codes` is in order.
pub fn reporter(serie: &Serie, suites: &Suites, codes: &[String]) -> Vec<Connue> {
    let mut connues = vec![Connue::sans(Etat::NonDisponible); codes.len()];
    for (code, connue) in serie.codes.iter().zip(&serie.valeurs) {
        if !suites.contains_key(code)
            && let Ok(rang) = codes.binary_search(code)
        {
            connues[rang] = *connue;
        }
    }
    // Those that others have joined or left are no longer what was measured.
    for (successeur, _) in suites.values().flatten() {
        if let Ok(rang) = codes.binary_search(successeur) {
            connues[rang] = Connue::sans(Etat::NonCalculable);
        }
    }
    connues
}

#[cfg(test)]
mod tests;
