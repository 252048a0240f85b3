"""OWSLib, which pycsw, QGIS plugins and notebooks use."""

import pytest
from owslib.ogcapi.features import Features


@pytest.fixture(scope="module")
def client(service):
    return Features(f"{service.url}/ogc")


def test_it_reads_the_landing_the_api_and_the_conformance(client):
    assert client.response["title"] == "maillage"
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")


def test_it_lists_collections_of_features(client, collections):
    assert client.feature_collections() == collections


def test_it_reads_items_with_properties_boxes_dates_and_filters(client):
    assert client.collection_items("communes", departement="26", limit=5)["numberMatched"] == 362
    # 14 are there, and four are nowhere.
    assert client.collection_items("communes", bbox=[5, 44.5, 5.1, 44.6])["numberMatched"] == 18
    assert client.collection_items("demandes", reseau="drome", datetime_="2018-01-01/2018-12-31")["numberMatched"] == 745
    assert client.collection_items("communes", filter="population > 500000")["numberMatched"] == 4
    assert client.collection_item("communes", "26198")["properties"]["nom"] == "Montélimar"


def test_it_reads_queryables(client):
    assert "partenaire" in client.collection_queryables("zones")["properties"]
