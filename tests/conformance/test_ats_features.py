"""The abstract test suite of OGC API - Features part 1 (OGC 17-069r4, annex A) and the main of part 2 (OGC 18-058r1),
each test under the name of its requirement."""

import json

import pytest
from openapi_spec_validator import validate

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
ITEMS = "/ogc/collections/communes/items"


def lien(document, relation):
    return next((lien["href"] for lien in document["links"] if lien["rel"] == relation), None)


@pytest.fixture(scope="module")
def accueil(service):
    return service.json("/ogc")


@pytest.fixture(scope="module")
def api(service, accueil):
    return service.json(lien(accueil, "service-desc"))


def test_core_root_op_and_root_success(accueil):
    for relation in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert lien(accueil, relation), relation


def test_core_http_wrong_method_is_refused(service):
    import urllib.error
    import urllib.request
    with pytest.raises(urllib.error.HTTPError) as refus:
        urllib.request.urlopen(urllib.request.Request(service.url + "/ogc", method="DELETE"))
    assert refus.value.code in (403, 405)


def test_core_api_definition_op_and_success(service, accueil):
    statut, entetes, _ = service.demander(lien(accueil, "service-desc"))
    assert statut == 200 and entetes["Content-Type"].startswith("application/vnd.oai.openapi+json;version=3.0")


def test_oas30_oas_definition(api):
    assert api["openapi"].startswith("3.0")
    validate(api)


def test_core_conformance_op_and_success(service, accueil):
    normes = service.json(lien(accueil, "conformance"))["conformsTo"]
    for classe in ("core", "geojson", "html", "oas30"):
        assert f"{CORE}/{classe}" in normes


def test_core_fc_md_op_links_and_items(service, collections):
    document = service.json("/ogc/collections")
    assert lien(document, "self") and lien(document, "alternate")
    for collection in document["collections"]:
        types = {lien["type"] for lien in collection["links"] if lien["rel"] == "items"}
        assert {"application/geo+json", "text/html"} <= types, collection["id"]
        if "extent" in collection:
            boite = collection["extent"]["spatial"]["bbox"][0]
            assert boite[0] < boite[2] and boite[1] < boite[3], collection["id"]


def test_core_sfc_md_op_and_success(service, collections):
    toutes = {c["id"]: c for c in service.json("/ogc/collections")["collections"]}
    for nom in collections:
        assert service.json(f"/ogc/collections/{nom}") == toutes[nom]


def test_core_fc_op_and_fc_response(service, collections):
    for nom in collections:
        statut, entetes, corps = service.demander(f"/ogc/collections/{nom}/items")
        assert statut == 200 and entetes["Content-Type"] == "application/geo+json", nom
        page = json.loads(corps)
        assert page["type"] == "FeatureCollection" and page["numberReturned"] == len(page["features"])
        assert page["numberMatched"] >= page["numberReturned"]
        assert lien(page, "self") and lien(page, "alternate")
        if page["numberMatched"] > page["numberReturned"]:
            assert lien(page, "next"), nom


def test_core_fc_limit_definition_and_response(service, api):
    limite = api["components"]["parameters"]["limit"]["schema"]
    assert limite["minimum"] == 1 and limite["maximum"] >= 1000 and limite["default"] >= 1
    assert len(service.json(f"{ITEMS}?limit=7")["features"]) == 7
    assert len(service.json(f"{ITEMS}?limit=1000000")["features"]) == limite["maximum"]
    for fausse in ("0", "-3", "x"):
        assert service.demander(f"{ITEMS}?limit={fausse}")[0] == 400


def test_core_fc_bbox_definition_and_response(service, api):
    assert api["components"]["parameters"]["bbox"]["schema"]["items"] == {"type": "number"}
    assert service.json(f"{ITEMS}?bbox=5,44.5,5.1,44.6")["numberMatched"] == 14
    assert service.json(f"{ITEMS}?bbox=5,44.5,0,5.1,44.6,100")["numberMatched"] == 14
    assert service.json(f"{ITEMS}?bbox=170,-30,-170,30")["numberMatched"] == 0
    for fausse in ("1,2,3", "a,b,c,d", "5,45,6,44"):
        assert service.demander(f"{ITEMS}?bbox={fausse}")[0] == 400


def test_core_fc_time_definition_and_response(service, api):
    assert api["components"]["parameters"]["datetime"]["schema"]["type"] == "string"
    demandes = "/ogc/collections/demandes/items?reseau=drome&datetime="
    tout = service.json(demandes + "../..")["numberMatched"]
    premier = service.json(demandes + "2018-01-01T00:00:00Z/2018-06-30T23:59:59Z")["numberMatched"]
    second = service.json(demandes + "2018-07-01/2018-12-31")["numberMatched"]
    assert 0 < premier < tout and premier + second == tout == 745
    assert service.demander(demandes + "hier")[0] == 400


def test_core_query_param_unknown_and_invalid_are_400(service):
    assert service.demander(f"{ITEMS}?inconnu=1")[0] == 400
    assert service.demander("/ogc/collections?inconnu=1")[0] == 400


def test_core_fc_links_prev_next_hold_every_feature_once(service):
    vues, adresse = [], f"{ITEMS}?limit=1000"
    while adresse:
        page = service.json(adresse)
        vues += [objet["id"] for objet in page["features"]]
        adresse = lien(page, "next")
    assert len(vues) == len(set(vues)) == page["numberMatched"] == 34875


def test_core_f_op_and_f_success(service):
    statut, entetes, corps = service.demander(f"{ITEMS}/26198")
    objet = json.loads(corps)
    assert statut == 200 and entetes["Content-Type"] == "application/geo+json"
    assert objet["type"] == "Feature" and objet["id"] == "26198"
    for relation in ("self", "alternate", "collection"):
        assert lien(objet, relation), relation
    assert service.demander(f"{ITEMS}/99999")[0] == 404


@pytest.mark.parametrize("chemin", ["", "/conformance", "/collections", "/collections/communes", "/collections/communes/items", "/collections/communes/items/26198"])
def test_html_content_and_definition(service, chemin):
    statut, entetes, corps = service.demander(f"/ogc{chemin}", Accept="text/html")
    assert statut == 200 and entetes["Content-Type"].startswith("text/html") and corps.startswith(b"<!DOCTYPE html>")


def test_crs_part_2_crs_uri_storage_and_output(service):
    collection = service.json("/ogc/collections/communes")
    assert collection["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert collection["storageCrs"] in collection["crs"]
    for crs in collection["crs"]:
        statut, entetes, _ = service.demander(f"{ITEMS}/26198?crs={crs}")
        assert statut == 200 and entetes["Content-Crs"] == f"<{crs}>"
    assert service.demander(f"{ITEMS}?crs=http://www.opengis.net/def/crs/EPSG/0/27572")[0] == 400


def test_crs_part_2_bbox_crs_and_axis_order(service):
    inverse = f"{ITEMS}?bbox=44.5,5,44.6,5.1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326"
    assert service.json(inverse)["numberMatched"] == 14
    lon_lat = service.json(f"{ITEMS}/26198")["geometry"]["coordinates"][0][0][0]
    lat_lon = service.json(f"{ITEMS}/26198?crs=http://www.opengis.net/def/crs/EPSG/0/4326")["geometry"]["coordinates"][0][0][0]
    assert lat_lon == lon_lat[::-1]
