"""The service that others' software is tried on: the country and the five réseaux, which scripts/conformance has loaded
and started. MAILLAGE_SERVICE is its address, MAILLAGE_DOSSIER the folder of its database, MAILLAGE_JETON a token."""

import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request

import pytest

RACINE = pathlib.Path(__file__).resolve().parents[2]


class SansSuite(urllib.request.HTTPRedirectHandler):
    """Says where an answer leads instead of going there."""

    def redirect_request(self, *_):
        return None


OUVRIR = urllib.request.build_opener(SansSuite).open


class Service:
    """Asks the service as programs do, and its database as nobody else may."""

    def __init__(self, url, dossier):
        self.url = url
        self.socket = f"{dossier}/socket"

    def demander(self, chemin, methode="GET", **entetes):
        """Status, headers and body of an address, absolute or from the root."""
        adresse = chemin if chemin.startswith("http") else self.url + chemin
        requete = urllib.request.Request(adresse, headers=entetes, method=methode)
        try:
            with OUVRIR(requete) as reponse:
                return reponse.status, reponse.headers, reponse.read()
        except urllib.error.HTTPError as refus:
            return refus.code, refus.headers, refus.read()

    def json(self, chemin, **entetes):
        statut, _, corps = self.demander(chemin, **entetes)
        assert statut == 200, f"{chemin} : {statut} {corps[:300]!r}"
        return json.loads(corps)

    def pages(self, chemin):
        """A page of features, then those that its links lead to."""
        while chemin:
            page = self.json(chemin)
            yield page
            chemin = lien(page, "next")

    def objets(self, chemin):
        """The features of all these pages."""
        return [objet for page in self.pages(chemin) for objet in page["features"]]

    def nombre(self, chemin):
        """How many features answer, as the service says."""
        separateur = "&" if "?" in chemin else "?"
        return self.json(f"{chemin}{separateur}limit=1")["numberMatched"]

    def sql(self, question, role="maillage_lecture"):
        """The rows of a question, as lists of texts: those of the public, unless another role asks."""
        commande = ["psql", "-h", self.socket, "-U", "postgres", "-d", "maillage", "-qtA", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        fini = subprocess.run([*commande, "-c", f"set role {role}", "-c", question], capture_output=True, text=True)
        assert fini.returncode == 0, fini.stderr
        return [ligne.split("\t") for ligne in fini.stdout.splitlines()]

    def compter(self, vue, condition="true"):
        """How many features a view has, as PostGIS says."""
        return int(self.sql(f"select count(*) from diffusion_1.{vue} where {condition}")[0][0])


def lien(document, relation, genre=None):
    """The address of the first link of a relation, if there is one."""
    liens = (lu for lu in document["links"] if lu["rel"] == relation and genre in (None, lu.get("type")))
    return next((lu["href"] for lu in liens), None)


@pytest.fixture(scope="session")
def service():
    return Service(os.environ["MAILLAGE_SERVICE"], os.environ["MAILLAGE_DOSSIER"])


@pytest.fixture(scope="session")
def jeton():
    return os.environ["MAILLAGE_JETON"]


@pytest.fixture(scope="session")
def decrites(service):
    return service.json("/ogc/collections")


@pytest.fixture(scope="session")
def collections(decrites):
    return [collection["id"] for collection in decrites["collections"]]


@pytest.fixture(scope="session")
def vues(service):
    """Collections that are views of PostGIS: the others are what an indicator says of a maille."""
    lues = service.sql("select relname from pg_class where relkind = 'v' and relnamespace = 'diffusion_1'::regnamespace "
                       "and obj_description(oid) is not null")
    return {nom for nom, in lues} - {"valeurs"}


@pytest.fixture(scope="session")
def essayees(collections, vues):
    """Every view, and one collection of each maille that an indicator makes."""
    des_indicateurs = [f"population-{maille}" for maille in ("commune", "epci", "departement", "region")]
    return [nom for nom in collections if nom in vues or nom in des_indicateurs]
