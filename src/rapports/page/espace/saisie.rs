//! The texts as the form shows them, and the files that they make.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::rapports::textes::{
    AVANT_PROPOS, Faute, Fichiers, Mots, PROGRAMME, REGLAGES, Reglages, Signataire, TexteDuLogo,
    est_annee,
};
use crate::web::fiches::nombre;

/// What is typed, field by field.
#[derive(Debug, Clone, Default)]
pub struct Saisie {
    pub couleur: String,
    pub signataire_nom: String,
    pub signataire_fonction: String,
    pub titre: String,
    pub sous_titre: String,
    pub titre_avant_propos: String,
    pub avant_propos: String,
    pub titre_programme: String,
    pub programme: String,
    pub logo_texte: String,
    /// A year and its euros by line: «2018 : 412 000».
    pub budget: String,
}

impl Saisie {
    pub fn lire(envoyes: &[(String, String)]) -> Self {
        let champ = |nom: &str| {
            let valeur =
                envoyes.iter().find(|(cle, _)| cle == nom).map(|(_, valeur)| valeur.trim());
            valeur.unwrap_or_default().replace("\r\n", "\n")
        };
        Self {
            couleur: champ("couleur"),
            signataire_nom: champ("signataire_nom"),
            signataire_fonction: champ("signataire_fonction"),
            titre: champ("titre"),
            sous_titre: champ("sous_titre"),
            titre_avant_propos: champ("titre_avant_propos"),
            avant_propos: champ("avant_propos"),
            titre_programme: champ("titre_programme"),
            programme: champ("programme"),
            logo_texte: champ("logo_texte"),
            budget: champ("budget"),
        }
    }

    /// Each with the words of the form.
    fn champs(&self) -> [(&'static str, &str); 11] {
        [
            ("Titre de la couverture", &self.titre),
            ("Sous-titre", &self.sous_titre),
            ("Couleur", &self.couleur),
            ("Titre de l'avant-propos", &self.titre_avant_propos),
            ("Avant-propos", &self.avant_propos),
            ("Qui signe", &self.signataire_nom),
            ("Sa fonction", &self.signataire_fonction),
            ("Titre du programme", &self.titre_programme),
            ("Programme de l'année suivante", &self.programme),
            ("Ce que montre le logo", &self.logo_texte),
            ("Budget, année par année", &self.budget),
        ]
    }

    /// By which a form knows whether what it was filled with is still there.
    pub fn empreinte(&self) -> String {
        let mut empreinte = Sha256::new();
        for (_, texte) in self.champs() {
            empreinte.update(texte.len().to_be_bytes());
            empreinte.update(texte);
        }
        format!("{:x}", empreinte.finalize())
    }

    /// What another says otherwise: the words of the form, and its text.
    pub fn differences(&self, autre: &Self) -> Vec<(&'static str, String)> {
        self.champs()
            .into_iter()
            .zip(autre.champs())
            .filter(|((_, mien), (_, sien))| mien != sien)
            .map(|(_, (libelle, sien))| (libelle, sien.to_owned()))
            .collect()
    }

    /// What is kept was judged before: settings that no longer read are begun again.
    pub fn des_fichiers(fichiers: &Fichiers) -> Self {
        let texte = |nom: &str| {
            fichiers
                .get(nom)
                .map(|octets| String::from_utf8_lossy(octets).into_owned())
                .unwrap_or_default()
        };
        let reglages = Reglages::parse(&texte(REGLAGES)).unwrap_or_default();
        let signataire = reglages.signataire;
        Self {
            couleur: reglages.couleur.unwrap_or_default(),
            signataire_nom: signataire.as_ref().and_then(|qui| qui.nom.clone()).unwrap_or_default(),
            signataire_fonction: signataire.map(|qui| qui.fonction).unwrap_or_default(),
            titre: reglages.mots.titre.unwrap_or_default(),
            sous_titre: reglages.mots.sous_titre.unwrap_or_default(),
            titre_avant_propos: reglages.mots.avant_propos.unwrap_or_default(),
            avant_propos: texte(AVANT_PROPOS).trim_end().to_owned(),
            titre_programme: reglages.mots.programme.unwrap_or_default(),
            programme: texte(PROGRAMME).trim_end().to_owned(),
            logo_texte: reglages.logo.map(|logo| logo.texte).unwrap_or_default(),
            budget: ecrire_le_budget(&reglages.budget),
        }
    }

    /// The files, with those that the form does not write.
    ///
    /// # Errors
    /// Lines of the budget that are no year and its euros.
    pub fn fichiers(&self, anciens: &Fichiers) -> Result<Fichiers, Vec<Faute>> {
        let dit = |texte: &str| (!texte.is_empty()).then(|| texte.to_owned());
        let signataire = (!self.signataire_nom.is_empty() || !self.signataire_fonction.is_empty())
            .then(|| Signataire {
                nom: dit(&self.signataire_nom),
                fonction: self.signataire_fonction.clone(),
            });
        let texte =
            anciens.get(REGLAGES).map(|octets| String::from_utf8_lossy(octets).into_owned());
        let lus = texte.and_then(|texte| Reglages::parse(&texte).ok());
        let reglages = Reglages {
            couleur: dit(&self.couleur),
            budget: lire_le_budget(&self.budget)?,
            logo: dit(&self.logo_texte).map(|texte| TexteDuLogo { texte }),
            signataire,
            mots: Mots {
                titre: dit(&self.titre),
                sous_titre: dit(&self.sous_titre),
                avant_propos: dit(&self.titre_avant_propos),
                programme: dit(&self.titre_programme),
            },
        };
        let mut fichiers = anciens.clone();
        // A file that says the same stays as it was written, comments included.
        let inchange = lus.is_some_and(|lus| lus == reglages);
        if reglages == Reglages::default() {
            fichiers.remove(REGLAGES);
        } else if !inchange {
            fichiers.insert(REGLAGES.to_owned(), reglages.ecrire().into_bytes());
        }
        for (nom, texte) in [(AVANT_PROPOS, &self.avant_propos), (PROGRAMME, &self.programme)] {
            if texte.is_empty() {
                fichiers.remove(nom);
            } else {
                fichiers.insert(nom.to_owned(), format!("{texte}\n").into_bytes());
            }
        }
        Ok(fichiers)
    }
}

fn ecrire_le_budget(budget: &BTreeMap<String, u32>) -> String {
    let lignes = budget.iter().map(|(annee, euros)| {
        // Plain spaces, as one types them.
        let euros =
            nombre(f64::from(*euros), 0).replace(|lettre: char| lettre.is_whitespace(), " ");
        format!("{annee} : {euros}")
    });
    lignes.collect::<Vec<_>>().join("\n")
}

/// Years and euros, however people part and write them: «2018 : 412 000 €», «2018 = 412000».
fn lire_le_budget(texte: &str) -> Result<BTreeMap<String, u32>, Vec<Faute>> {
    let mut budget = BTreeMap::new();
    let mut fautes = Vec::new();
    for (rang, ligne) in texte.lines().enumerate().filter(|(_, ligne)| !ligne.trim().is_empty()) {
        let lue = ligne.split_once([':', '=', ';']).and_then(|(annee, euros)| {
            let annee = annee.trim();
            let euros: String = euros
                .trim()
                .trim_end_matches('€')
                .chars()
                .filter(|lettre| !lettre.is_whitespace())
                .collect();
            Some((est_annee(annee).then(|| annee.to_owned())?, euros.parse().ok()?))
        });
        let phrase = match lue {
            Some((annee, _)) if budget.contains_key(&annee) => {
                format!("l'année {annee} est déjà plus haut. Gardez une seule des deux lignes.")
            }
            Some((annee, euros)) => {
                budget.insert(annee, euros);
                continue;
            }
            None => format!(
                "« {} » ne se lit pas. Écrivez l'année, deux points et un montant en euros sans centimes : 2018 : 412 000.",
                ligne.trim()
            ),
        };
        let phrase = format!("budget, ligne {} de la case : {phrase}", rang + 1);
        fautes.push(Faute { fichier: REGLAGES.to_owned(), ligne: None, phrase });
    }
    if fautes.is_empty() { Ok(budget) } else { Err(fautes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_read_as_people_write_it_and_written_back() {
        let lu = lire_le_budget("2018 : 412 000 €\n\n2017=400\u{202f}000\n2016 ; 0").unwrap();
        assert_eq!(lu.values().copied().collect::<Vec<_>>(), [0, 400_000, 412_000]);
        assert_eq!(ecrire_le_budget(&lu), "2016 : 0\n2017 : 400 000\n2018 : 412 000");
        assert_eq!(lire_le_budget(&ecrire_le_budget(&lu)).unwrap(), lu);
    }

    #[test]
    fn each_line_of_a_budget_that_is_not_one_is_named() {
        let fautes =
            lire_le_budget("412 000\n2018 : 1\n2018 : 2\n18 : 3\n2019 : 4,5\n2020 : -1\n+201 : 1")
                .unwrap_err();
        let dites: Vec<_> = fautes.iter().map(ToString::to_string).collect();
        assert_eq!(dites.len(), 6, "{dites:?}");
        assert!(dites[0].contains("ligne 1 de la case : « 412 000 » ne se lit pas"));
        assert!(dites[1].contains("ligne 3 de la case : l'année 2018 est déjà plus haut"));
    }
}
