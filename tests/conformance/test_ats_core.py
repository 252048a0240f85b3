"""OGC API - Features part 1 (OGC 17-069r4), annex A: the conformance class core, one test for each abstract test, under
its name."""

import datetime
import re

import pytest
from conftest import lien

COMMUNES = "/ogc/collections/communes/items"
DEMANDES = "/ogc/collections/demandes/items"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
# In Drôme.
BOITE = (5.0, 44.5, 5.1, 44.6)


@pytest.fixture(scope="module")
def accueil(service):
    return service.json("/ogc")


@pytest.fixture(scope="module")
def api(service, accueil):
    return service.json(lien(accueil, "service-desc"))


@pytest.fixture(scope="module")
def premieres(service, essayees):
    """The first page of collections."""
    return {nom: service.json(f"/ogc/collections/{nom}/items?limit=3") for nom in essayees}


def sommets(geometrie):
    """Each position of a geometry."""
    pile = [geometrie["coordinates"]]
    while pile:
        haut = pile.pop()
        if isinstance(haut[0], (int, float)):
            yield haut
        else:
            pile.extend(haut)


def parametre_de_question(api, nom):
    """The schema of a parameter that is written as the standard says."""
    dit = api["components"]["parameters"][nom]
    assert (dit["name"], dit["in"], dit["required"], dit["style"], dit["explode"]) == (nom, "query", False, "form", False)
    return dit["schema"]


def exiger_relations_et_genres(document):
    """/req/core/fc-rel-type: every link says what it is."""
    for lu in document["links"]:
        assert lu["rel"] and lu["type"] and lu["href"].startswith("http"), lu


def test_conf_core_http(service):
    assert service.demander("/ogc")[0] == 200
    statut, _, corps = service.demander("/ogc", methode="HEAD")
    assert (statut, corps) == (200, b"")
    # 403 without the page's own cookie: writes are refused before what they ask is looked at.
    assert service.demander("/ogc", methode="DELETE")[0] in (403, 405)
    assert service.demander("/ogc/rien")[0] == 404


def test_conf_core_crs84(service):
    """Unless told, positions are longitude and latitude: those of Montélimar are where it is."""
    _, entetes, _ = service.demander(f"{COMMUNES}/26198")
    assert entetes["Content-Crs"] == f"<{CRS84}>"
    for lon, lat in sommets(service.json(f"{COMMUNES}/26198")["geometry"]):
        assert 4.6 < lon < 4.9 and 44.4 < lat < 44.7


def test_conf_core_root_op(service):
    assert service.demander("/ogc")[0] == service.demander("/ogc/")[0] == 200


def test_conf_core_root_success(accueil):
    for relation in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert lien(accueil, relation), relation
    assert accueil["title"] == "maillage" and accueil["description"]
    exiger_relations_et_genres(accueil)


def test_conf_core_api_definition_op(service, accueil):
    for relation, genre in (("service-desc", "application/vnd.oai.openapi+json;version=3.0"), ("service-doc", "text/html")):
        statut, entetes, _ = service.demander(lien(accueil, relation))
        assert statut == 200 and entetes["Content-Type"].startswith(genre), relation


def test_conf_core_api_definition_success(api):
    assert api["openapi"].startswith("3.0.")
    assert {"/", "/conformance", "/collections", "/collections/{collectionId}/items"} <= set(api["paths"])


def test_conf_core_conformance_op(service, accueil):
    assert service.demander(lien(accueil, "conformance"))[0] == 200


def test_conf_core_conformance_success(service, accueil):
    normes = service.json(lien(accueil, "conformance"))["conformsTo"]
    assert {f"{CORE}/{classe}" for classe in ("core", "geojson", "html", "oas30")} <= set(normes)
    assert len(normes) == len(set(normes))


def test_conf_core_fc_md_op(service, accueil):
    assert service.demander(lien(accueil, "data"))[0] == 200


def test_conf_core_fc_md_success(decrites):
    for collection in decrites["collections"]:
        assert collection["id"] and collection["title"] and collection["links"], collection
        assert collection["itemType"] == "feature"


def test_conf_core_fc_md_links(decrites):
    assert lien(decrites, "self", "application/json") and lien(decrites, "alternate", "text/html")
    exiger_relations_et_genres(decrites)


def test_conf_core_fc_md_items(collections, vues):
    """Every view is a collection, and each collection is there once."""
    assert len(collections) == len(set(collections)) > 20
    assert vues == {nom for nom in collections if "-" not in nom}


def test_conf_core_fc_md_items_links(decrites):
    for collection in decrites["collections"]:
        for genre in ("application/geo+json", "text/html"):
            assert lien(collection, "items", genre), f"{collection['id']} : {genre}"
        exiger_relations_et_genres(collection)


def test_conf_core_fc_md_extent_multi(service, decrites, vues):
    """The box holds every geometry, as PostGIS says; nothing is promised of time."""
    lues = 0
    for collection in decrites["collections"]:
        if "spatial" not in collection.get("extent", {}):
            continue
        (ouest, sud, est, nord), = collection["extent"]["spatial"]["bbox"]
        assert collection["extent"]["spatial"]["crs"] == CRS84
        assert -180 <= ouest < est <= 180 and -90 <= sud < nord <= 90
        assert collection["extent"]["temporal"]["interval"] == [[None, None]]
        if collection["id"] in vues:
            # As features are written: to six decimals.
            (vraie,) = service.sql(
                "select round(st_xmin(b)::numeric, 6), round(st_ymin(b)::numeric, 6), round(st_xmax(b)::numeric, 6), "
                "round(st_ymax(b)::numeric, 6) from (select st_transform(st_setsrid(st_extent(geometrie)::geometry, 3857), "
                f"4326) b from diffusion_1.{collection['id']}) e")
            o, s, e, n = map(float, vraie)
            assert ouest <= o and sud <= s and est >= e and nord >= n, collection["id"]
            lues += 1
    assert lues == 7


def test_conf_core_sfc_md_op(service, collections):
    for nom in collections:
        assert service.demander(f"/ogc/collections/{nom}")[0] == 200, nom
    assert service.demander("/ogc/collections/rien")[0] == 404


def test_conf_core_sfc_md_success(service, decrites):
    for collection in decrites["collections"]:
        assert service.json(f"/ogc/collections/{collection['id']}") == collection


def test_conf_core_fc_op(service, collections):
    for nom in collections:
        statut, entetes, _ = service.demander(f"/ogc/collections/{nom}/items?limit=1")
        assert statut == 200 and entetes["Content-Type"] == "application/geo+json", nom
    assert service.demander("/ogc/collections/rien/items")[0] == 404


def test_conf_core_fc_bbox_definition(api):
    schema = parametre_de_question(api, "bbox")
    assert schema["type"] == "array" and schema["items"] == {"type": "number"}
    assert [(choix["minItems"], choix["maxItems"]) for choix in schema["oneOf"]] == [(4, 4), (6, 6)]


@pytest.mark.parametrize("nom", ["communes", "demandes", "zones", "couverture", "population-commune"])
def test_conf_core_fc_bbox_response(service, nom):
    """Those that touch the box and, as the standard wants, those that are nowhere."""
    chemin = f"/ogc/collections/{nom}/items"
    boite = ",".join(map(str, BOITE))
    trouves = service.objets(f"{chemin}?bbox={boite}&limit=1000")
    assert len(trouves) == service.nombre(f"{chemin}?bbox={boite}") < service.nombre(chemin)
    ici = [objet for objet in trouves if objet["geometry"]]
    assert len(ici) > 0
    for objet in ici:
        lons, lats = zip(*sommets(objet["geometry"]))
        assert min(lons) <= BOITE[2] and max(lons) >= BOITE[0] and min(lats) <= BOITE[3] and max(lats) >= BOITE[1]
    vue = "communes" if nom == "population-commune" else nom
    assert len(trouves) - len(ici) == service.compter(vue, "geometrie is null")
    assert len(ici) == service.compter(
        vue, "st_intersects(geometrie, st_transform(st_segmentize(st_makeenvelope({},{},{},{},4326), 0.01), 3857))".format(*BOITE))


def test_conf_core_fc_bbox_response_six_numbers_antimeridian_and_nonsense(service):
    ailleurs = service.nombre(f"{COMMUNES}?bbox=0,0,1,1")
    assert service.nombre(f"{COMMUNES}?bbox=5,44.5,0,5.1,44.6,100") == service.nombre(f"{COMMUNES}?bbox=5,44.5,5.1,44.6") == ailleurs + 14
    assert service.nombre(f"{COMMUNES}?bbox=170,-30,-170,30") == ailleurs
    for fausse in ("1,2,3", "a,b,c,d", "5,45,6,44", "5,44,6,95", "1,2,3,4,5"):
        assert service.demander(f"{COMMUNES}?bbox={fausse}")[0] == 400, fausse


def test_conf_core_fc_limit_definition(api):
    schema = parametre_de_question(api, "limit")
    assert schema["type"] == "integer" and 1 == schema["minimum"] <= schema["default"] <= schema["maximum"]


def test_conf_core_fc_limit_response(service, api):
    schema = parametre_de_question(api, "limit")
    assert len(service.json(f"{COMMUNES}?limit=7")["features"]) == 7
    assert len(service.json(COMMUNES)["features"]) == schema["default"]
    assert len(service.json(f"{COMMUNES}?properties=code&limit={schema['maximum'] * 100}")["features"]) == schema["maximum"]
    for fausse in ("0", "-3", "x"):
        assert service.demander(f"{COMMUNES}?limit={fausse}")[0] == 400, fausse


def test_conf_core_fc_time_definition(api):
    assert parametre_de_question(api, "datetime") == {"type": "string"}


def test_conf_core_fc_time_response(service):
    """A day, a bounded interval, and half-bounded ones written in both ways, counted by PostGIS."""
    for temps, condition in (
        ("2018-03-15", "date = '2018-03-15'"),
        ("2018-03-15T12:00:00Z", "date = '2018-03-15'"),
        ("2018-01-01T00:00:00Z/2018-06-30T23:59:59Z", "date between '2018-01-01' and '2018-06-30'"),
        ("../2018-03-31", "date <= '2018-03-31'"),
        ("/2018-03-31", "date <= '2018-03-31'"),
        ("2018-10-01/..", "date >= '2018-10-01'"),
        ("2018-10-01/", "date >= '2018-10-01'"),
        ("../..", "true"),
    ):
        attendues = service.compter("demandes", f"reseau = 'drome' and {condition}")
        assert service.nombre(f"{DEMANDES}?reseau=drome&datetime={temps}") == attendues, temps
    assert attendues == 745
    for fausse in ("hier", "2018-02-30", "2019-01-01/2018-01-01", "a/b"):
        assert service.demander(f"{DEMANDES}?datetime={fausse}")[0] == 400, fausse


def test_conf_core_fc_time_response_of_features_without_date(service):
    """What has no date answers at any; what has begun and has no end too."""
    partenaires, zones = "/ogc/collections/partenaires/items", "/ogc/collections/zones/items"
    assert service.nombre(f"{partenaires}?datetime=1900-01-01") == service.nombre(partenaires) > 0
    ouvertes = service.compter("zones", "debut <= '2018-01-01' and coalesce(fin, 'infinity') >= '2018-01-01'")
    assert service.nombre(f"{zones}?datetime=2018-01-01") == ouvertes > 0


def test_conf_core_query_param_invalid(service, api):
    """Every parameter that is more than any text."""
    for nom, dit in api["components"]["parameters"].items():
        if dit["in"] == "query" and set(dit["schema"]) != {"type"}:
            assert service.demander(f"{COMMUNES}?{nom}=!")[0] == 400, nom


def test_conf_core_query_param_unknown(service):
    for chemin in ("", "/conformance", "/api", "/collections", "/collections/communes", "/collections/communes/items",
                   "/collections/communes/items/26198", "/collections/communes/queryables"):
        statut, entetes, _ = service.demander(f"/ogc{chemin}?inconnu=1")
        assert statut == 400 and entetes["Content-Type"].startswith("application/problem+json"), chemin


def test_conf_core_fc_response(premieres, service):
    for nom, page in premieres.items():
        assert page["type"] == "FeatureCollection" and isinstance(page["features"], list), nom
        for objet in page["features"]:
            assert objet["type"] == "Feature" and {"id", "properties", "geometry"} <= set(objet), nom
    dedans = service.json(f"{COMMUNES}?departement=26&limit=500")["features"]
    assert len(dedans) == 362 and {objet["properties"]["departement"] for objet in dedans} == {"26"}


def test_conf_core_fc_links(premieres):
    for nom, page in premieres.items():
        assert lien(page, "self", "application/geo+json") and lien(page, "alternate", "text/html"), nom
        assert bool(lien(page, "next")) == (page["numberMatched"] > page["numberReturned"]), nom
        exiger_relations_et_genres(page)


def test_conf_core_fc_links_lead_to_every_feature_once(service):
    lues = [objet["id"] for objet in service.objets(f"{COMMUNES}?limit=1000")]
    assert len(lues) == len(set(lues)) == service.compter("communes") == 34875


def test_conf_core_fc_links_lead_back(service):
    """The pages before, from the last one."""
    aller = list(service.pages("/ogc/collections/epci/items?limit=500&properties=code"))
    retour, page = [aller[-1]], aller[-1]
    while adresse := lien(page, "prev"):
        page = service.json(adresse)
        retour.append(page)
    lus = lambda pages: [objet["id"] for page in pages for objet in page["features"]]
    assert lus(reversed(retour)) == lus(aller) and len(aller) == 3


def test_conf_core_fc_timestamp(premieres):
    for page in premieres.values():
        if "timeStamp" in page:
            ecart = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(page["timeStamp"])
            assert abs(ecart.total_seconds()) < 600


def test_conf_core_fc_number_matched(service, premieres, vues):
    for nom in vues:
        assert premieres[nom]["numberMatched"] == service.compter(nom), nom


def test_conf_core_fc_number_returned(premieres):
    for nom, page in premieres.items():
        assert page["numberReturned"] == len(page["features"]) == min(3, page["numberMatched"]), nom


def test_conf_core_f_op(service, premieres):
    for nom, page in premieres.items():
        for objet in page["features"]:
            assert service.demander(f"/ogc/collections/{nom}/items/{objet['id']}")[0] == 200, objet["id"]
    assert service.demander(f"{COMMUNES}/99999")[0] == 404


def test_conf_core_f_success(service, premieres):
    """A feature is the same alone and in its collection."""
    for nom, page in premieres.items():
        for objet in page["features"][:1]:
            seul = service.json(f"/ogc/collections/{nom}/items/{objet['id']}")
            assert {cle: seul[cle] for cle in objet} == objet, nom


def test_conf_core_f_links(service):
    objet = service.json(f"{COMMUNES}/26198")
    assert lien(objet, "self", "application/geo+json") and lien(objet, "alternate", "text/html")
    assert re.fullmatch(r"http.*/ogc/collections/communes", lien(objet, "collection"))
    exiger_relations_et_genres(objet)
