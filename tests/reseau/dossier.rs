//! The folder of a réseau, small and whole, that each test changes as it needs.

use std::fmt::Write as _;

#[derive(Clone)]
pub struct Reseau {
    pub declaration: String,
    /// File and text, heading included.
    pub fichiers: Vec<(&'static str, String)>,
}

impl Reseau {
    /// Three partners, ten communes of one EPCI and a former one.
    pub fn nouveau(code: &str) -> Self {
        let mut perimetre = String::from("maille,code,nom,millesime\n");
        for n in 1..=10 {
            writeln!(perimetre, "commune,260{n:02},Commune {n},2019").unwrap();
        }
        perimetre += "commune,26399,Commune 399,2019\nepci,200040459,EPCI,2019\n";
        let fichiers = [
            ("perimetre.csv", perimetre.as_str()),
            (
                "partenaires.csv",
                "code,nom,sigle,type,siren,site,courriel,telephone,description\n\
                 caue,Conseil d'architecture,CAUE,association,,https://caue.example/,,,Conseille les communes.\n\
                 sde,Syndicat d'énergies,,syndicat,,,,,Aide pour l'éclairage.\n\
                 adil,Agence du logement,ADIL,association,,,,,\n",
            ),
            (
                "themes.csv",
                "code,libelle,parent,mots_cles\n\
                 eau-potable,Eau potable,eau,robinet|captage\n\
                 eau,Eau,,fuite\n\
                 assainissement,Assainissement,eau,égout\n\
                 batiments,Bâtiments publics,,école|toiture|mairie\n\
                 eclairage,Éclairage public,,lampadaire|toiture solaire\n",
            ),
            (
                "partenaires_themes.csv",
                "partenaire,theme\ncaue,eau-potable\ncaue,batiments\nsde,assainissement\nsde,eclairage\n\
                 adil,batiments\n",
            ),
            ("beneficiaires.csv", "code,nom,nature\nautre-1,Syndicat 1,Syndicat\n"),
            ("zones.csv", "code,partenaire,theme,maille,unite,debut,fin\n"),
            (
                "demandes.csv",
                "reference,date,partenaire,partenaires_associes,theme,maille,beneficiaire,millesime,objet,etat\n",
            ),
        ];
        Self {
            declaration: format!(
                "code = '{code}'\nnom = 'Réseau {code}'\ndepartement = '26'\nannee = 2018\nmillesime = 2019\n\
                 demonstration = true\nmention = 'Données de démonstration'\n\
                 source = 'Un document (https://exemple.fr/)'\n[guichet]\nnom = 'Guichet'\n"
            ),
            fichiers: fichiers.map(|(nom, texte)| (nom, texte.to_owned())).to_vec(),
        }
    }

    /// Adds rows to a file.
    pub fn avec(mut self, fichier: &'static str, lignes: &str) -> Self {
        match self.fichiers.iter_mut().find(|(nom, _)| *nom == fichier) {
            Some((_, texte)) => texte.push_str(lignes),
            None => self.fichiers.push((fichier, lignes.to_owned())),
        }
        self
    }

    pub fn sans(mut self, fichier: &str) -> Self {
        self.fichiers.retain(|(nom, _)| *nom != fichier);
        self
    }

    pub fn ecrire(&self) -> tempfile::TempDir {
        let lieu = tempfile::tempdir().unwrap();
        std::fs::create_dir(lieu.path().join("zones")).unwrap();
        std::fs::create_dir(lieu.path().join("rapport")).unwrap();
        std::fs::write(lieu.path().join("reseau.toml"), &self.declaration).unwrap();
        for (nom, texte) in &self.fichiers {
            std::fs::write(lieu.path().join(nom), texte).unwrap();
        }
        lieu
    }
}
