//! What a coordinator keeps, each with its fields: read, judged and written in the same way.

use serde_json::Value;
use sqlx::PgConnection;

use super::{fiches, partenaires, reglages, themes};
use crate::coordination::saisie::{Champ, Saisie, Valeurs, valeurs};
use crate::error::{Contexte, Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objet {
    /// The réseau itself.
    Reglages,
    Partenaire,
    Theme,
    Fiche,
}

impl Objet {
    /// Those of which a réseau has several.
    pub const LISTES: [Self; 3] = [Self::Partenaire, Self::Theme, Self::Fiche];

    /// In addresses.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Reglages => "reglages",
            Self::Partenaire => "partenaires",
            Self::Theme => "themes",
            Self::Fiche => "fiches",
        }
    }

    /// The one of a list that an address names.
    pub fn de(segment: &str) -> Result<Self> {
        Self::LISTES.into_iter().find(|objet| objet.segment() == segment).ok_or_else(|| {
            Error::Introuvable("Cette page n'existe pas. Revenez à votre espace : /espace.".into())
        })
    }

    /// Its table, as the journal and the statements call it.
    pub fn table(self) -> &'static str {
        match self {
            Self::Reglages => "reseau",
            Self::Partenaire => "partenaire",
            Self::Theme => "theme",
            Self::Fiche => "fiche",
        }
    }

    pub fn pluriel(self) -> &'static str {
        match self {
            Self::Reglages => "Réglages",
            Self::Partenaire => "Partenaires",
            Self::Theme => "Thèmes",
            Self::Fiche => "Fiches",
        }
    }

    pub fn ajouter(self) -> &'static str {
        match self {
            Self::Reglages => "Régler",
            Self::Partenaire => "Ajouter un partenaire",
            Self::Theme => "Ajouter un thème",
            Self::Fiche => "Ajouter une fiche",
        }
    }

    /// Which one does not exist, in a sentence.
    fn absent(self, code: &str) -> Error {
        Error::Introuvable(match self {
            Self::Reglages => "Vous ne coordonnez pas ce réseau.".to_owned(),
            Self::Partenaire => format!("Le partenaire « {code} » n'existe pas dans ce réseau."),
            Self::Theme => format!("Le thème « {code} » n'existe pas dans ce réseau."),
            Self::Fiche => format!("La fiche « {code} » n'existe pas dans ce réseau."),
        })
    }

    /// The fields of one, or of a new one.
    pub async fn champs(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: Option<&str>,
    ) -> Result<Vec<Champ>> {
        match self {
            Self::Reglages => Ok(reglages::champs()),
            Self::Partenaire => partenaires::champs(connexion, reseau, code).await,
            Self::Theme => themes::champs(connexion, reseau, code).await,
            Self::Fiche => fiches::champs(connexion, reseau, code).await,
        }
    }

    /// What is there, and its name.
    pub async fn lire(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: &str,
        champs: &[Champ],
    ) -> Result<(String, Valeurs)> {
        let ordre = match self {
            Self::Reglages => include_str!("../sql/lire_reglages.sql"),
            Self::Partenaire => include_str!("../sql/lire_partenaire.sql"),
            Self::Theme => include_str!("../sql/lire_theme.sql"),
            Self::Fiche => include_str!("../sql/lire_fiche.sql"),
        };
        let lue: Option<Value> = sqlx::query_scalar(ordre)
            .bind(reseau)
            .bind(code)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un réseau")?;
        let ligne = lue.ok_or_else(|| self.absent(code))?;
        let nom = ["nom", "libelle", "titre"].iter().find_map(|cle| ligne[*cle].as_str());
        Ok((nom.unwrap_or(code).to_owned(), valeurs(champs, &ligne)))
    }

    /// Keeps others from writing it until the transaction ends.
    pub async fn retenir(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: &str,
    ) -> Result<()> {
        let ordre = match self {
            Self::Reglages => "select from reseau where code = $1 and code = $2 for update",
            Self::Partenaire => "select from partenaire where reseau = $1 and code = $2 for update",
            Self::Theme => "select from theme where reseau = $1 and code = $2 for update",
            Self::Fiche => "select from fiche where reseau = $1 and code = $2 for update",
        };
        sqlx::query(ordre)
            .bind(reseau)
            .bind(code)
            .execute(connexion)
            .await
            .map(|_| ())
            .pour("verrouillage d'un réseau")
    }

    /// What only the whole form, or the database, can tell is wrong.
    pub async fn juger(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: Option<&str>,
        saisie: &mut Saisie,
    ) -> Result<()> {
        match self {
            Self::Reglages => {
                reglages::juger(saisie);
                Ok(())
            }
            Self::Partenaire => partenaires::juger(connexion, reseau, code, saisie).await,
            Self::Theme => Ok(()),
            Self::Fiche => Ok(()),
        }
    }

    /// Writes it, new without code. Returns its code.
    pub async fn ecrire(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: Option<&str>,
        ligne: &Value,
    ) -> Result<String> {
        let code = match code {
            Some(code) => code.to_owned(),
            None => {
                let noms = ["sigle", "nom", "libelle", "titre"];
                let nom = noms.iter().find_map(|cle| ligne[*cle].as_str()).unwrap_or_default();
                self.code_libre(connexion, reseau, nom).await?
            }
        };
        match self {
            Self::Reglages => reglages::ecrire(connexion, reseau, ligne).await?,
            Self::Partenaire => partenaires::ecrire(connexion, reseau, &code, ligne).await?,
            Self::Theme => themes::ecrire(connexion, reseau, &code, ligne).await?,
            Self::Fiche => fiches::ecrire(connexion, reseau, &code, ligne).await?,
        }
        Ok(code)
    }

    /// A code made of a name, that nothing has.
    async fn code_libre(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        nom: &str,
    ) -> Result<String> {
        sqlx::query_scalar(include_str!("../sql/code_libre.sql"))
            .bind(reseau)
            .bind(nom)
            .bind(self.table())
            .fetch_one(connexion)
            .await
            .pour("choix d'un code")
    }

    /// Takes one away, when nothing names it.
    ///
    /// # Errors
    /// A sentence that says what still does, and what to do instead.
    pub async fn retirer(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: &str,
    ) -> Result<()> {
        let ordre = match self {
            Self::Reglages => return Err(self.absent(code)),
            Self::Partenaire => "delete from partenaire where reseau = $1 and code = $2",
            Self::Theme => "delete from theme where reseau = $1 and code = $2",
            Self::Fiche => "delete from fiche where reseau = $1 and code = $2",
        };
        let cite: Option<String> = sqlx::query_scalar(include_str!("../sql/lire_citations.sql"))
            .bind(reseau)
            .bind(self.table())
            .bind(code)
            .fetch_one(&mut *connexion)
            .await
            .pour("lecture de ce qui cite une ligne")?;
        if let Some(cite) = cite {
            return Err(Error::Demande(format!(
                "Rien n'est retiré : {cite}. Donnez plutôt une date de fin, qui garde ce qui a été fait."
            )));
        }
        let retire = sqlx::query(ordre)
            .bind(reseau)
            .bind(code)
            .execute(connexion)
            .await
            .pour("retrait d'une ligne d'un réseau")?;
        match retire.rows_affected() {
            0 => Err(self.absent(code)),
            _ => Ok(()),
        }
    }

    /// Moves a theme or a fiche one place among its like; at the end of the list, nothing moves.
    pub async fn deplacer(
        self,
        connexion: &mut PgConnection,
        reseau: &str,
        code: &str,
        vers_le_haut: bool,
    ) -> Result<()> {
        let ordre = match self {
            Self::Theme => include_str!("../sql/deplacer_theme.sql"),
            Self::Fiche => include_str!("../sql/deplacer_fiche.sql"),
            _ => return Err(self.absent(code)),
        };
        sqlx::query(ordre)
            .bind(reseau)
            .bind(code)
            .bind(if vers_le_haut { -1 } else { 1 })
            .execute(connexion)
            .await
            .map(|_| ())
            .pour("changement d'ordre")
    }
}
