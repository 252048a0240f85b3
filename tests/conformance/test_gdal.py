"""GDAL's own driver of OGC API - Features, as ogr2ogr and many others read it."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor


def ogrinfo(*mots):
    fini = subprocess.run(["ogrinfo", "-ro", *mots], capture_output=True, text=True, timeout=600)
    assert fini.returncode == 0 and "ERROR" not in fini.stderr, fini.stderr
    return fini.stdout


def test_the_driver_finds_every_collection(service, collections):
    lues = ogrinfo("-q", f"OAPIF:{service.url}/ogc")
    assert [nom for nom in collections if f" {nom} " not in lues + " " and f": {nom}" not in lues] == []


def test_every_collection_is_read_whole_each_feature_once(service, collections, tmp_path):
    def lire(nom):
        """How many features the service announces, and the identifiers that are read."""
        fichier = tmp_path / f"{nom}.csv"
        # Each page of values works out all of them: the largest pages there are.
        page = 10_000 if nom.endswith("-commune") else 1_000
        # An identifier that is a number is the driver's own.
        identifiant = service.json(f"/ogc/collections/{nom}/queryables")["properties"]["id"]["type"]
        champ = "fid" if identifiant == "integer" else "id"
        subprocess.run(
            ["ogr2ogr", "-f", "CSV", str(fichier), f"OAPIF:{service.url}/ogc", "-oo", f"PAGE_SIZE={page}",
             "-sql", f'select {champ} as cle from "{nom}"'],
            check=True, capture_output=True, timeout=600)
        return service.nombre(f"/ogc/collections/{nom}/items"), fichier.read_text().splitlines()[1:]

    # Two at a time: one is read while the other is answered.
    with ThreadPoolExecutor(2) as lecteurs:
        for nom, (attendu, ids) in zip(collections, lecteurs.map(lire, collections), strict=True):
            assert len(ids) == len(set(ids)) == attendu > 0, f"{nom} : {len(ids)} lus, {attendu} annoncés"


def test_a_box_and_a_filter_of_attributes_find_the_same_as_the_service(service):
    lus = ogrinfo("-so", "-al", "-spat", "5", "44.5", "5.1", "44.6", f"OAPIF:{service.url}/ogc", "communes")
    nombre = int(re.search(r"Feature Count: (\d+)", lus)[1])
    # Four more are nowhere: the standard wants them, and the driver, which looks again, leaves them out.
    nulle_part = service.compter("communes", "geometrie is null")
    assert nombre == service.nombre("/ogc/collections/communes/items?bbox=5,44.5,5.1,44.6") - nulle_part == 14 and nulle_part == 4


def test_each_file_is_opened_with_all_its_features(service, tmp_path):
    for extension, prefixe in (("gpkg", ""), ("geojson", ""), ("fgb", ""), ("shp.zip", "/vsizip/")):
        statut, _, corps = service.demander(f"/exports/communes.{extension}?departement=26")
        assert statut == 200
        fichier = tmp_path / f"communes.{extension}"
        fichier.write_bytes(corps)
        assert "Feature Count: 362" in ogrinfo("-so", "-al", f"{prefixe}{fichier}"), extension
