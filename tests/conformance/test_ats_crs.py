"""OGC API - Features part 2 (OGC 18-058r1), annex A: the conformance class crs, one test for each abstract test, judged by
GDAL's own conversions."""

import re
import subprocess

import pytest

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
INCONNU = "http://www.opengis.net/def/crs/EPSG/0/27572"
COMMUNES = "/ogc/collections/communes/items"
# Boxes of degrees that each system is made for; nobody of the data lives in Saint-Pierre-et-Miquelon (4467).
DROME, MARTINIQUE = (5.0, 44.5, 5.1, 44.6), (-61.1, 14.5, -61.0, 14.7)
LIEUX = {
    "CRS84": DROME, "4326": DROME, "3857": DROME, "2154": DROME, "5490": MARTINIQUE, "4467": MARTINIQUE,
    "2972": (-52.4, 4.8, -52.2, 5.0), "2975": (55.4, -21.0, 55.5, -20.9), "4471": (45.1, -12.9, 45.2, -12.7),
}


@pytest.fixture(scope="module")
def situees(decrites, essayees):
    return [c for c in decrites["collections"] if "crs" in c and c["id"] in essayees]


def code(crs):
    return crs.rsplit("/", 1)[1]


def uri(nom):
    return CRS84 if nom == "CRS84" else f"http://www.opengis.net/def/crs/EPSG/0/{nom}"


def objets(collection):
    return f"/ogc/collections/{collection['id']}/items"


def convertir(points, vers):
    """From longitude and latitude, by gdaltransform."""
    cible = "OGC:CRS84" if vers in ("CRS84", "4326") else f"EPSG:{vers}"
    lu = subprocess.run(["gdaltransform", "-output_xy", "-s_srs", "OGC:CRS84", "-t_srs", cible],
                        input="\n".join(f"{x} {y}" for x, y in points), capture_output=True, text=True, check=True)
    return [tuple(map(float, ligne.split())) for ligne in lu.stdout.splitlines()]


def boite(x, y, ecart, inverse=False):
    bornes = (y - ecart, x - ecart, y + ecart, x + ecart) if inverse else (x - ecart, y - ecart, x + ecart, y + ecart)
    return ",".join(map(str, bornes))


def test_conf_crs_crs_uri(decrites):
    for collection in (collection for collection in decrites["collections"] if "crs" in collection):
        for crs in [*collection["crs"], collection["storageCrs"]]:
            assert re.fullmatch(r"http://www\.opengis\.net/def/crs/(OGC/1\.3/CRS84|EPSG/0/\d{4,5})", crs), crs


def test_conf_crs_default_crs(situees):
    assert len(situees) == 11
    for collection in situees:
        assert collection["crs"][0] == CRS84 and {code(crs) for crs in collection["crs"]} == set(LIEUX)


def test_conf_crs_storage_crs(situees):
    for collection in situees:
        assert collection["storageCrs"] == uri("3857") and collection["storageCrs"] in collection["crs"]


def test_conf_crs_crs_parameter(service, situees):
    for collection in situees:
        objet = service.json(f"{objets(collection)}?limit=1")["features"][0]["id"]
        for crs in collection["crs"]:
            for adresse in (f"{objets(collection)}?limit=1&crs={crs}", f"{objets(collection)}/{objet}?crs={crs}"):
                statut, entetes, _ = service.demander(adresse)
                assert statut == 200 and entetes["Content-Crs"] == f"<{crs}>", adresse


def test_conf_crs_crs_parameter_invalid(service, situees):
    for collection in situees:
        for crs in (INCONNU, "rien", "EPSG:0"):
            assert service.demander(f"{objets(collection)}?crs={crs}")[0] == 400, crs


def test_conf_crs_crs_parameter_default(service, situees):
    for collection in situees:
        chemin = f"{objets(collection)}?limit=1"
        assert service.demander(chemin)[1]["Content-Crs"] == f"<{CRS84}>"
        assert service.json(chemin)["features"] == service.json(f"{chemin}&crs={CRS84}")["features"]


@pytest.mark.parametrize("nom", LIEUX)
def test_conf_crs_crs_parameter_transform(service, nom):
    bornes = ",".join(map(str, LIEUX[nom]))
    objet = next(o["id"] for o in service.json(f"{COMMUNES}?bbox={bornes}")["features"] if o["geometry"])
    anneau = lambda adresse: service.json(adresse)["geometry"]["coordinates"][0][0]
    ici, la = anneau(f"{COMMUNES}/{objet}"), anneau(f"{COMMUNES}/{objet}?crs={uri(nom)}")
    if nom == "4326":
        la = [(x, y) for y, x in la]
    tolerance = 2e-6 if nom in ("CRS84", "4326") else 0.2
    assert len(ici) > 20
    for (x, y), (u, v) in zip(convertir(ici, nom), la, strict=True):
        assert abs(x - u) < tolerance and abs(y - v) < tolerance


@pytest.mark.parametrize("nom", LIEUX)
def test_conf_crs_bbox_crs_parameter(service, nom):
    """A small box around a point, in its own system and in degrees, is in one commune. Those that are nowhere aside."""
    ouest, sud, est, nord = LIEUX[nom]
    x, y = (ouest + est) / 2, (sud + nord) / 2
    ((u, v),) = convertir([(x, y)], nom)
    ecart = 1e-6 if nom in ("CRS84", "4326") else 0.1
    ici = lambda question: {o["id"] for o in service.json(f"{COMMUNES}?{question}")["features"] if o["geometry"]}
    attendue = ici(f"bbox={boite(x, y, 1e-6)}")
    assert ici(f"bbox={boite(u, v, ecart, nom == '4326')}&bbox-crs={uri(nom)}") == attendue and len(attendue) == 1


def test_conf_crs_bbox_crs_parameter_invalid(service, situees):
    for collection in situees:
        assert service.demander(f"{objets(collection)}?bbox=5,44.5,5.1,44.6&bbox-crs={INCONNU}")[0] == 400


def test_conf_crs_bbox_crs_parameter_default(service, situees):
    for collection in situees:
        adresse = f"{objets(collection)}?limit=3&bbox=5,44.5,5.1,44.6"
        sans, avec = service.json(adresse), service.json(f"{adresse}&bbox-crs={CRS84}")
        assert sans["features"] == avec["features"] and sans["numberMatched"] == avec["numberMatched"]
