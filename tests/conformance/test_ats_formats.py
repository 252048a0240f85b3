"""OGC API - Features part 1 (OGC 17-069r4), annex A: the conformance classes geojson, html and oas30, one test for each
abstract test, under its name."""

import base64
import html
import html.parser
import re

import pytest
from conftest import lien
from openapi_spec_validator import validate

PAGES = ["", "/conformance", "/collections", "/collections/communes", "/collections/communes/queryables",
         "/collections/communes/items", "/collections/communes/items/26198"]
OBJETS = ["/collections/communes/items?limit=2", "/collections/communes/items/26198", "/collections/demandes/items?limit=2"]
# Elements of HTML that have no end.
VIDES = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@pytest.fixture(scope="module")
def api(service):
    return service.json("/ogc/api")


class Lecteur(html.parser.HTMLParser):
    """Elements that are open, those that were seen, and what is written."""

    def __init__(self):
        super().__init__()
        self.ouverts, self.vus, self.texte = [], set(), ""

    def handle_starttag(self, nom, attributs):
        self.vus.add(nom)
        if nom not in VIDES:
            self.ouverts.append(nom)

    def handle_endtag(self, nom):
        assert self.ouverts and self.ouverts.pop() == nom, f"</{nom}> ferme autre chose"

    def handle_data(self, texte):
        self.texte += texte


@pytest.mark.parametrize("chemin", OBJETS)
def test_conf_geojson_definition(service, chemin):
    for entetes in ({}, {"Accept": "application/geo+json"}, {"Accept": "application/json"}):
        assert service.demander(f"/ogc{chemin}", **entetes)[1]["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("chemin", PAGES[:4])
def test_conf_geojson_definition_of_what_is_no_feature(service, chemin):
    assert service.demander(f"/ogc{chemin}", Accept="application/json")[1]["Content-Type"] == "application/json"


@pytest.mark.parametrize("chemin", OBJETS)
def test_conf_geojson_content(service, chemin):
    document = service.json(f"/ogc{chemin}")
    assert document["type"] == ("FeatureCollection" if "?" in chemin else "Feature") and lien(document, "self")
    for objet in document.get("features", [document]):
        assert set(objet) - {"links"} == {"type", "id", "geometry", "properties"}
        assert objet["geometry"] is None or objet["geometry"]["type"] in ("Point", "MultiPolygon")
        if objet["geometry"] and objet["geometry"]["type"] == "MultiPolygon":
            for anneau in (anneau for surface in objet["geometry"]["coordinates"] for anneau in surface):
                assert len(anneau) >= 4 and anneau[0] == anneau[-1]


@pytest.mark.parametrize("chemin", PAGES)
def test_conf_html_definition(service, chemin):
    for adresse, entetes in ((f"/ogc{chemin}", {"Accept": "text/html"}), (f"/ogc{chemin}?f=html", {})):
        statut, recus, _ = service.demander(adresse, **entetes)
        assert statut == 200 and recus["Content-Type"].startswith("text/html"), adresse


@pytest.mark.parametrize("chemin", PAGES)
def test_conf_html_content(service, chemin):
    """HTML 5, each element closed, and what the same document says in JSON."""
    texte = service.demander(f"/ogc{chemin}?f=html")[2].decode()
    assert texte.startswith("<!DOCTYPE html>") and '<html lang="fr"' in texte
    lecteur = Lecteur()
    lecteur.feed(texte)
    assert lecteur.ouverts == [] and {"head", "title", "main", "h1"} <= lecteur.vus
    document = service.json(f"/ogc{chemin}")
    dits = document.get("conformsTo", []) + [collection["title"] for collection in document.get("collections", [])]
    dits += list(document.get("properties", {}).values()) if document.get("type") == "Feature" else []
    dits += [objet["properties"]["nom"] for objet in document.get("features", [])]
    for dit in (dit for dit in dits if isinstance(dit, str)):
        assert dit in lecteur.texte, dit


def test_conf_oas30_oas_definition_1(service):
    statut, entetes, _ = service.demander("/ogc/api", Accept="application/vnd.oai.openapi+json;version=3.0")
    assert statut == 200 and entetes["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"


def test_conf_oas30_oas_definition_2(api):
    assert re.fullmatch(r"3\.0\.\d+", api["openapi"])
    validate(api)


def test_conf_oas30_oas_impl(service, api, collections, essayees):
    """Each path has an answer, for each value that its variables may take."""
    assert api["components"]["parameters"]["collectionId"]["schema"]["enum"] == collections
    for chemin in api["paths"]:
        for nom in essayees if "{collectionId}" in chemin else [""]:
            adresse = api["servers"][0]["url"] + chemin.replace("{collectionId}", nom)
            if "{featureId}" in adresse:
                objet = service.json(f"/ogc/collections/{nom}/items?limit=1")["features"][0]
                adresse = adresse.replace("{featureId}", str(objet["id"]))
            assert service.demander(adresse)[0] == 200, adresse


def test_conf_oas30_completeness(api):
    """Each operation says its variables, and what it answers with: a status, a media type, a schema."""
    for chemin, operations in api["paths"].items():
        operation = operations["get"]
        cites = {p["$ref"].rsplit("/", 1)[1] for p in operation["parameters"]}
        assert set(re.findall(r"{(\w+)}", chemin)) <= cites and operation["operationId"], chemin
        for genre, contenu in operation["responses"]["200"]["content"].items():
            assert contenu["schema"], f"{chemin} : {genre}"


def test_conf_oas30_exceptions_codes(service, api):
    for chemin, operations in api["paths"].items():
        assert {"400", "401", "404", "429", "503"} <= set(operations["get"]["responses"]), chemin
    for chemin, statut in (("/collections/rien", 404), ("/collections/communes/items?limit=0", 400)):
        assert service.demander(f"/ogc{chemin}")[0] == statut
    assert service.demander("/ogc", Authorization="Bearer mlg_faux")[0] == 401


def test_conf_oas30_security(api, service, jeton):
    """A token as Bearer, or as the password of Basic, is documented and works."""
    schemas = api["components"]["securitySchemes"]
    assert {(schema["type"], schema["scheme"]) for schema in schemas.values()} == {("http", "bearer"), ("http", "basic")}
    assert {} in api["security"] and {nom for choix in api["security"] for nom in choix} == set(schemas)
    basique = base64.b64encode(f"moi:{jeton}".encode()).decode()
    demandes = "/ogc/collections/demandes/items?reseau=drome&limit=1&properties=reference"
    assert service.json(demandes)["features"][0]["properties"]["reference"] is None
    for valeur in (f"Bearer {jeton}", f"Basic {basique}"):
        assert service.json(demandes, Authorization=valeur)["features"][0]["properties"]["reference"]
        assert "private" in service.demander(demandes, Authorization=valeur)[1]["Cache-Control"]
