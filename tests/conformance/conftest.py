"""The service that others' software is tried on: the country and the five réseaux, loaded in a throw-away folder.

MAILLAGE_SERVICE names one that is already there; else MAILLAGE_BINAIRE is started, with the files of MAILLAGE_FICHIERS.
"""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

RACINE = pathlib.Path(__file__).resolve().parents[2]


class Service:
    def __init__(self, url):
        self.url = url

    def demander(self, chemin, **entetes):
        """Status, headers and body of an address, absolute or from the root."""
        adresse = chemin if chemin.startswith("http") else self.url + chemin
        try:
            with urllib.request.urlopen(urllib.request.Request(adresse, headers=entetes)) as reponse:
                return reponse.status, reponse.headers, reponse.read()
        except urllib.error.HTTPError as refus:
            return refus.code, refus.headers, refus.read()

    def json(self, chemin):
        statut, _, corps = self.demander(chemin)
        assert statut == 200, f"{chemin} : {statut} {corps[:300]!r}"
        return json.loads(corps)


def lancer(dossier):
    binaire, fichiers = os.environ["MAILLAGE_BINAIRE"], os.environ["MAILLAGE_FICHIERS"].split(":")
    env = {**os.environ, "MAILLAGE_DOSSIER": str(dossier)}
    importer = lambda *mots: subprocess.run([binaire, "import", *mots], env=env, check=True)
    importer("territoires", *fichiers, "--millesime", "2026")
    for reseau in sorted((RACINE / "data/reseaux").iterdir()):
        importer("reseau", str(reseau))
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        adresse = f"127.0.0.1:{libre.getsockname()[1]}"
    return subprocess.Popen([binaire, "serve", "--adresse", adresse], env=env), f"http://{adresse}"


def attendre(service, processus):
    for _ in range(300):
        assert processus.poll() is None, "le service s'est arrêté"
        try:
            if service.demander("/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("le service ne répond pas")


@pytest.fixture(scope="session")
def service():
    if url := os.environ.get("MAILLAGE_SERVICE"):
        yield Service(url)
        return
    # PostgreSQL does not run as root, and enters no folder of root's.
    parent = pathlib.Path(tempfile.mkdtemp(prefix="maillage-conformance-", dir="/var/lib" if os.getuid() == 0 else None))
    parent.chmod(0o711)
    processus, url = lancer(parent / "base")
    try:
        service = Service(url)
        attendre(service, processus)
        yield service
    finally:
        processus.terminate()
        processus.wait(60)
        shutil.rmtree(parent)


@pytest.fixture(scope="session")
def collections(service):
    return [collection["id"] for collection in service.json("/ogc/collections")["collections"]]
