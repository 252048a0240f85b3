"""A headless QGIS on the projects that the service makes, and Debian's QGIS Server on the views that other servers read."""

import json
import math
import os
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as ET

import pytest
from conftest import RACINE

# The interpreter that python3-qgis is for.
PYTHON = "/usr/bin/python3"
SERVEUR = "/usr/lib/cgi-bin/qgis_mapserv.fcgi"
ROLE = "conformite_qgis_server"
# Of Drôme, in Web Mercator, and the picture of it.
CADRE, TAILLE = (510_000, 5_470_000, 660_000, 5_680_000), (500, 700)


def test_headless_qgis_opens_reads_counts_filters_signs_in_and_renders_the_projects(service, jeton, tmp_path):
    fini = subprocess.run([PYTHON, RACINE / "tests/qgis/verifier.py", service.url, "--sortie", tmp_path, "--jeton", jeton],
                          capture_output=True, text=True, timeout=400)
    print(fini.stdout)
    assert fini.returncode == 0, fini.stdout + fini.stderr
    assert re.match(r"QGIS 3\.(2[2-9]|[3-9]\d)", fini.stdout)
    for fait in ("couches s'ouvrent", "comme le dit le service", "un filtre de QGIS", "est celle attendue", "toutes avec l'authentification"):
        assert fait in fini.stdout, fait


class Serveur:
    """QGIS Server, one request a process, as its administrator's web server runs it."""

    def __init__(self, projet, dossier):
        self.environnement = {
            **os.environ, "QGIS_PROJECT_FILE": str(projet), "QT_QPA_PLATFORM": "offscreen", "QGIS_SERVER_LOG_STDERR": "1",
            "QGIS_OPTIONS_PATH": str(dossier), "XDG_RUNTIME_DIR": str(dossier), "HOME": str(dossier), "REQUEST_METHOD": "GET"}

    def demander(self, **parametres):
        """The kind and the body of an answer."""
        fini = subprocess.run([SERVEUR], env={**self.environnement, "QUERY_STRING": urllib.parse.urlencode(parametres)},
                              capture_output=True, timeout=120)
        entetes, _, corps = fini.stdout.partition(b"\n\n" if b"\n\n" in fini.stdout[:2000] else b"\r\n\r\n")
        assert b"Status" not in entetes or b"200" in entetes, (entetes, corps[:500], fini.stderr[-1000:])
        genre = re.search(rb"Content-Type: *([^;\r\n]+)", entetes)
        assert genre, (fini.stdout[:500], fini.stderr[-1000:])
        return genre[1].decode(), corps

    def objets(self, couche, **parametres):
        genre, corps = self.demander(SERVICE="WFS", VERSION="1.1.0", REQUEST="GetFeature", TYPENAME=couche,
                                     OUTPUTFORMAT="GeoJSON", **parametres)
        assert "json" in genre, corps[:500]
        return json.loads(corps)["features"]


@pytest.fixture(scope="module")
def serveur(service, tmp_path_factory):
    """The role is made as README.md says."""
    dossier = tmp_path_factory.mktemp("serveur")
    service.sql(f"drop role if exists {ROLE}", role="postgres")
    service.sql(f"create role {ROLE} login password 'essai' in role maillage_lecture", role="postgres")
    projet = dossier / "serveur.qgs"
    fini = subprocess.run([PYTHON, RACINE / "tests/qgis/projet_serveur.py", projet, service.socket, ROLE],
                          capture_output=True, text=True, timeout=120)
    assert fini.returncode == 0, fini.stdout + fini.stderr
    yield Serveur(projet, dossier)
    service.sql(f"drop role {ROLE}", role="postgres")


def test_qgis_server_publishes_every_view_by_wms_and_wfs(serveur, vues):
    _, wfs = serveur.demander(SERVICE="WFS", VERSION="1.1.0", REQUEST="GetCapabilities")
    types = {nom.text for nom in ET.fromstring(wfs).iter("{http://www.opengis.net/wfs}Name")}
    assert types == vues
    _, wms = serveur.demander(SERVICE="WMS", VERSION="1.3.0", REQUEST="GetCapabilities")
    couches = {nom.text for nom in ET.fromstring(wms).iter("{http://www.opengis.net/wms}Name")}
    assert vues <= couches


def test_qgis_server_gives_by_wfs_as_many_features_as_postgis_counts_of_each_view(serveur, service, vues):
    for vue in sorted(vues):
        lus = serveur.objets(vue, GEOMETRYNAME="NONE", PROPERTYNAME="id")
        assert len(lus) == service.compter(vue), vue


def test_qgis_server_filters_by_wfs_and_gives_contours(serveur, service):
    lues = serveur.objets("communes", EXP_FILTER="departement = '26'", SRSNAME="EPSG:4326")
    assert {lue["properties"]["code"] for lue in lues} == {code for code, in service.sql(
        "select code from diffusion_1.communes where departement = '26'")}
    for lue in lues:
        assert lue["geometry"]["type"] == "MultiPolygon", lue["properties"]["code"]
        assert all(4.5 < lon < 5.9 and 44.0 < lat < 45.5 for lon, lat in lue["geometry"]["coordinates"][0][0])


def test_qgis_server_reads_what_the_public_does(serveur):
    lues = serveur.objets("demandes", EXP_FILTER="reseau = 'drome'", GEOMETRYNAME="NONE")
    assert len(lues) == 745
    assert {(lue["properties"]["reference"], lue["properties"]["objet"]) for lue in lues} == {(None, None)}


def test_the_picture_of_wms_covers_what_postgis_measures(serveur, service, tmp_path):
    """Drôme, filled with one colour: as many pixels as its surface has."""
    genre, image = serveur.demander(
        SERVICE="WMS", VERSION="1.3.0", REQUEST="GetMap", LAYERS="departements", STYLES="", CRS="EPSG:3857", FORMAT="image/png",
        BBOX=",".join(map(str, CADRE)), WIDTH=TAILLE[0], HEIGHT=TAILLE[1], TRANSPARENT="TRUE",
        FILTER="departements:\"code\" = '26'")
    assert genre == "image/png" and image.startswith(b"\x89PNG"), image[:500]
    (tmp_path / "drome.png").write_bytes(image)
    # Four bands: red, green, blue, and how opaque.
    subprocess.run(["gdal_translate", "-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", tmp_path / "drome.png", tmp_path / "drome.raw"], check=True)
    brut, points = (tmp_path / "drome.raw").read_bytes(), TAILLE[0] * TAILLE[1]
    rouges, verts, bleus, opacites = (brut[rang * points:(rang + 1) * points] for rang in range(4))
    pleins = [rang for rang in range(points) if opacites[rang] == 255]
    # What is painted twice at a border may be one off.
    for bande, teinte in ((rouges, 43), (verts, 108), (bleus, 176)):
        assert max(abs(bande[rang] - teinte) for rang in pleins) <= 1
    pas = (CADRE[2] - CADRE[0]) / TAILLE[0]
    surface = float(service.sql("select st_area(geometrie) from diffusion_1.departements where code = '26'")[0][0])
    peinte = sum(opacites) / 255 * pas * pas
    assert math.isclose(peinte, surface, rel_tol=0.005), (peinte, surface)
    # Valence is in it, and the Enclave des Papes, in its south-west, is a hole.
    for lon, lat, attendu in ((4.891, 44.933, 255), (4.99, 44.38, 0)):
        x, y = (float(mot) for mot in service.sql(f"select st_x(p), st_y(p) from st_transform(st_setsrid(st_point({lon}, {lat}), 4326), 3857) p")[0])
        colonne, ligne = int((x - CADRE[0]) / pas), int((CADRE[3] - y) / pas)
        assert opacites[ligne * TAILLE[0] + colonne] == attendu, (lon, lat)
