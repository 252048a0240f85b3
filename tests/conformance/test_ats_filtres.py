"""OGC API - Features part 3 (OGC 19-079r2) and CQL2 (OGC 21-065r2): the main requirements of the classes that are declared,
each count worked out by PostGIS."""

import json
import urllib.parse

import pytest
from conftest import lien

COMMUNES = "/ogc/collections/communes"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def filtrer(service, filtre, collection="communes", **autres):
    question = urllib.parse.urlencode({"filter": filtre if isinstance(filtre, str) else json.dumps(filtre), **autres})
    return service.nombre(f"/ogc/collections/{collection}/items?{question}")


def test_req_queryables_queryables_link(decrites):
    for collection in decrites["collections"]:
        assert lien(collection, RELATION, "application/schema+json"), collection["id"]


def test_req_queryables_get_queryables_op(service, decrites):
    for collection in decrites["collections"]:
        statut, entetes, _ = service.demander(lien(collection, RELATION))
        assert statut == 200 and entetes["Content-Type"] == "application/schema+json", collection["id"]


def test_req_queryables_get_queryables_response(service, essayees):
    """JSON Schema 2020-12, of the properties that features have."""
    for nom in essayees:
        schema = service.json(f"/ogc/collections/{nom}/queryables")
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema" and schema["type"] == "object"
        assert schema["$id"] == f"{service.url}/ogc/collections/{nom}/queryables"
        objet = service.json(f"/ogc/collections/{nom}/items?limit=1")["features"][0]
        assert set(objet["properties"]) | {"id"} == set(schema["properties"]) - {"geometrie"}, nom


def test_req_queryables_expression_construction(service):
    """What is no queryable is refused."""
    assert service.demander(f"{COMMUNES}/items?filter=inconnue%3D1")[0] == 400


def test_req_queryables_query_parameters_parameters(service, vues):
    """Each property is a parameter: as many features as PostGIS finds."""
    for nom in sorted(vues):
        objet = service.json(f"/ogc/collections/{nom}/items?limit=1")["features"][0]
        for propriete, valeur in objet["properties"].items():
            if valeur is not None:
                texte = str(valeur).lower() if isinstance(valeur, bool) else str(valeur)
                question = urllib.parse.urlencode({propriete: texte})
                exacte = texte.replace("'", "''")
                attendu = service.compter(nom, f"\"{propriete}\" = '{exacte}'")
                assert service.nombre(f"/ogc/collections/{nom}/items?{question}") == attendu > 0, f"{nom}.{propriete}"


@pytest.mark.parametrize("filtre, sql", [
    ("population > 100000", "population > 100000"),
    ("population BETWEEN 1000 AND 2000 AND departement = '26'", "population between 1000 and 2000 and departement = '26'"),
    ("nom LIKE 'Saint-%'", "nom like 'Saint-%'"),
    ("CASEI(nom) LIKE CASEI('sainte-%')", "lower(nom) like 'sainte-%'"),
    ("ACCENTI(nom) = ACCENTI('Montelimar')", "unaccent(nom) = 'Montelimar'"),
    ("departement IN ('26','07')", "departement in ('26', '07')"),
    ("epci IS NULL", "epci is null"),
    ("NOT (population > 10) OR region = '84'", "not (population > 10) or region = '84'"),
    ("population + 1 > 2 * 50000", "population + 1 > 2 * 50000"),
    ("S_INTERSECTS(geometrie, BBOX(5,44.5,5.1,44.6))",
     "st_intersects(geometrie, st_transform(st_segmentize(st_makeenvelope(5,44.5,5.1,44.6,4326), 0.01), 3857))"),
    ("S_INTERSECTS(geometrie, POINT(4.75 44.558))", "st_intersects(geometrie, st_transform(st_setsrid(st_point(4.75, 44.558), 4326), 3857))"),
])
def test_req_filter_filter_param(service, filtre, sql):
    assert filtrer(service, filtre) == service.compter("communes", sql) > 0


def test_epci_are_those_of_a_departement_in_three_ways(service):
    """Most of whose communes are there (the twelve that Drôme's own document counts), with one there, wholly inside."""
    epci = "/ogc/collections/epci/items"
    assert service.nombre(f"{epci}?departement=26") == 12
    assert service.nombre(f"{epci}?departements=26") == 9
    assert filtrer(service, "departements LIKE '%26%'", "epci") == 16 == int(service.sql(
        "select count(distinct epci) from diffusion_1.communes where departement = '26'")[0][0])
    assert service.nombre("/ogc/collections/population-epci/items?departement=26") == 12


def test_req_filter_filter_lang_param(service):
    """The same question in both languages; another language is refused, filter or not."""
    arbre = {"op": "and", "args": [{"op": "=", "args": [{"property": "departement"}, "26"]},
                                   {"op": ">", "args": [{"property": "population"}, 10000]}]}
    texte = "departement = '26' AND population > 10000"
    assert filtrer(service, arbre, **{"filter-lang": "cql2-json"}) == filtrer(service, texte) == service.compter("communes", texte) > 0
    for question in ("filter=true&filter-lang=sql", "filter-lang=sql"):
        assert service.demander(f"{COMMUNES}/items?{question}")[0] == 400, question


def test_req_filter_filter_crs_param(service):
    """A point of Lambert-93 and of degrees is in the same commune; another system is refused."""
    montelimar = filtrer(service, "S_INTERSECTS(geometrie, POINT(838600 6385700))", **{"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/2154"})
    assert montelimar == 1
    assert service.demander(f"{COMMUNES}/items?filter-crs=rien")[0] == 400


def test_req_filter_mixing_expressions(service):
    """A filter, a box, a property and a date are all held at once."""
    adresse = "/ogc/collections/demandes/items?reseau=drome&bbox=4.6,44.4,4.9,44.7&datetime=2018-01-01/2018-06-30&filter="
    condition = ("reseau = 'drome' and date between '2018-01-01' and '2018-06-30' and maille = 'commune' and (geometrie is null or "
                 "st_intersects(geometrie, st_transform(st_segmentize(st_makeenvelope(4.6,44.4,4.9,44.7,4326), 0.01), 3857)))")
    assert service.nombre(adresse + "maille%3D'commune'") == service.compter("demandes", condition) > 0


def test_req_filter_response(service):
    """What is given is what the filter says, and nothing when it is false."""
    lus = service.json(f"{COMMUNES}/items?limit=1000&filter=departement%3D'26'")["features"]
    assert len(lus) == 362 and all(objet["properties"]["departement"] == "26" for objet in lus)
    assert filtrer(service, "false") == 0 and filtrer(service, "true") == 34875
    for faux in ("population >", "population > 'a' AND", "S_INTERSECTS(nom, POINT(0 0))"):
        assert service.demander(f"{COMMUNES}/items?filter={urllib.parse.quote(faux)}")[0] == 400, faux
