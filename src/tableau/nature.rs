//! What a file is by its bytes, whatever its name: so that what is no table is refused by what it is.

/// The marks of files that are taken for tables.
const ARCHIVE: &[u8] = b"PK\x03\x04";
const ANCIEN: &[u8] = b"\xd0\xcf\x11\xe0";

/// What the first bytes, and the names that an archive holds, say of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    Xlsx,
    Ods,
    /// The former format of Excel, or of Word.
    Ancien,
    /// A workbook that a password keeps closed.
    Chiffre,
    /// An archive of something else.
    Archive,
    Pdf,
    Image,
    /// Text, or what is taken for it.
    Texte,
}

impl Nature {
    pub fn de(octets: &[u8]) -> Self {
        let contient = |mot: &[u8]| octets.windows(mot.len()).any(|suite| suite == mot);
        if octets.starts_with(ARCHIVE) {
            // Names stand as they are in an archive, at the end too.
            return if contient(b"xl/workbook.xml") {
                Self::Xlsx
            } else if contient(b"application/vnd.oasis.opendocument.spreadsheet") {
                match contient(b"manifest:encryption-data") {
                    true => Self::Chiffre,
                    false => Self::Ods,
                }
            } else {
                Self::Archive
            };
        }
        if octets.starts_with(ANCIEN) {
            // Its folder names what it holds in UTF-16.
            let nom: Vec<u8> =
                "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            return if contient(&nom) { Self::Chiffre } else { Self::Ancien };
        }
        if octets.starts_with(b"%PDF") {
            return Self::Pdf;
        }
        if [&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8"].iter().any(|debut| octets.starts_with(debut))
        {
            return Self::Image;
        }
        Self::Texte
    }

    /// The extension that readers know it by; none for what they do not read.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Xlsx => Some("xlsx"),
            Self::Ods => Some("ods"),
            Self::Texte => Some("csv"),
            _ => None,
        }
    }

    /// What is said of a file that was taken for text by its name.
    pub fn malgre_son_nom(self, nom: &str) -> Option<String> {
        match self {
            Self::Texte => None,
            Self::Xlsx | Self::Ods | Self::Ancien | Self::Archive => Some(format!(
                "{nom} est un classeur ou une archive, malgré son nom : donnez-lui l'extension .xlsx, .ods, .xls ou .zip."
            )),
            Self::Chiffre | Self::Pdf | Self::Image => self.refus(nom),
        }
    }

    /// Why a file of this nature is not read, and what to do; nothing for one that is.
    pub fn refus(self, nom: &str) -> Option<String> {
        let phrase = match self {
            Self::Xlsx | Self::Ods | Self::Texte => return None,
            Self::Ancien => {
                "est d'un ancien format de tableur : ouvrez-le et enregistrez-le en .xlsx, en .ods ou en CSV"
            }
            Self::Chiffre => {
                "est protégé par un mot de passe : ouvrez-le, ôtez la protection et enregistrez-le de nouveau"
            }
            Self::Archive => {
                "est une archive ou un document, pas un tableau : envoyez le tableau qu'elle contient (CSV, .xlsx ou .ods)"
            }
            Self::Pdf => {
                "est un PDF, malgré son nom : envoyez le tableau dont il vient (CSV, .xlsx ou .ods)"
            }
            Self::Image => {
                "est une image, malgré son nom : envoyez un tableau (CSV, .xlsx ou .ods)"
            }
        };
        Some(format!("{nom} {phrase}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_does_not_depend_on_its_name() {
        let mut chiffre = ANCIEN.to_vec();
        chiffre.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        for (octets, nature) in [
            (&b"PK\x03\x04....xl/workbook.xml"[..], Nature::Xlsx),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Nature::Ods),
            (b"PK\x03\x04word/document.xml", Nature::Archive),
            (&chiffre, Nature::Chiffre),
            (ANCIEN, Nature::Ancien),
            (b"%PDF-1.7", Nature::Pdf),
            (b"\x89PNG\r\n", Nature::Image),
            (b"ref;date\n", Nature::Texte),
            (b"", Nature::Texte),
        ] {
            assert_eq!(Nature::de(octets), nature);
            assert_eq!(nature.extension().is_some(), nature.refus("f").is_none());
        }
    }
}
