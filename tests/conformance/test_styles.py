"""MapLibre's own validator, on each style as it is served."""

import json
import subprocess

from conftest import RACINE, lien

VALIDATEUR = RACINE / "src/web/node_modules/.bin/gl-style-validate"


def test_each_style_that_ogc_api_lists_is_valid(service, tmp_path):
    styles = service.json("/ogc/styles")["styles"]
    assert styles
    for style in styles:
        adresse = lien(style, "stylesheet", "application/vnd.mapbox.style+json")
        statut, entetes, _ = service.demander(adresse)
        assert statut == 307, adresse
        document = service.json(entetes["Location"])
        fichier = tmp_path / f"{style['id']}.json"
        fichier.write_text(json.dumps(document))
        fini = subprocess.run([VALIDATEUR, fichier], capture_output=True, text=True)
        assert fini.returncode == 0 and fini.stdout == "", fini.stdout + fini.stderr
        # What it names is there.
        for source in document["sources"].values():
            assert service.demander(source["url"])[0] == 200, source


def test_the_validator_refuses_a_style_that_is_not_valid(tmp_path):
    (tmp_path / "faux.json").write_text(json.dumps({"version": 8, "sources": {}, "layers": [{"id": "a", "type": "rien"}]}))
    assert subprocess.run([VALIDATEUR, tmp_path / "faux.json"], capture_output=True).returncode != 0
