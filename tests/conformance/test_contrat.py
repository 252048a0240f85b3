"""The OpenAPI documents, held to what the service answers: by their examples, then by schemathesis, which makes requests
out of them (some right, some wrong) and judges each answer."""

import json
import re
import shutil
import subprocess
import sys

import jsonschema
import pytest
from openapi_spec_validator import validate

CONTROLES = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"


@pytest.fixture(scope="module")
def api(service):
    return service.json("/api/openapi.json")


def essence(genre):
    return genre.split(";")[0].strip()


def operations(api):
    """Each operation of the document: path, method, what it says."""
    return [(chemin, methode, dite) for chemin, dites in api["paths"].items() for methode, dite in dites.items()]


def test_the_document_is_openapi_3_1(api):
    assert api["openapi"] == "3.1.0"
    validate(api)


def test_each_operation_says_its_parameters_problems_and_answers(api):
    genres = api["components"]["schemas"]["Probleme"]["properties"]["type"]["enum"]
    assert len(genres) == len(set(genres)) >= 13
    assert [role["role"] for role in api["x-roles"]] == ["public", "lecteur", "partenaire", "coordinateur", "administrateur"]
    identifiants, toutes = set(), 0
    for chemin, methode, operation in operations(api):
        toutes += 1
        identifiants.add(operation["operationId"])
        attendus = {"200", "400", "401", "403", "404", "414", "422", "429", "500", "503"}
        attendus |= {"304"} if methode == "get" else {"409", "413", "415"}
        assert attendus <= set(operation["responses"]), chemin
        variables = re.findall(r"{(\w+)}", chemin)
        assert variables == [p["name"] for p in operation["parameters"] if p["in"] == "path"], chemin
        for parametre in operation["parameters"]:
            assert parametre["description"], f"{chemin} : {parametre['name']}"
            if parametre["in"] == "path":
                assert "example" in parametre, f"{chemin} : {parametre['name']}"
        for genre, contenu in operation["responses"]["200"]["content"].items():
            if essence(genre).endswith("json") and "{style}" not in chemin and not chemin.startswith("/exports"):
                assert contenu["schema"], f"{chemin} : {genre}"
    assert len(identifiants) == toutes > 50


def test_each_example_has_the_answer_that_its_schema_says(service, api):
    for chemin, methode, operation in operations(api):
        # What answers only those who are known, and writes, are tried by tests/reseau.
        if {} not in operation["security"]:
            continue
        statut, entetes, corps = service.demander(operation["x-exemple"])
        reponses = operation["responses"]
        assert str(statut) in reponses and statut < 400, f"{chemin} : {statut}"
        if statut != 200:
            continue
        contenus = {essence(genre): contenu for genre, contenu in reponses["200"]["content"].items()}
        contenu = contenus[essence(entetes["Content-Type"])]
        if "schema" in contenu and essence(entetes["Content-Type"]).endswith("json"):
            schema = {**contenu["schema"], "components": api["components"]}
            formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
            jsonschema.Draft202012Validator(schema, format_checker=formats).validate(json.loads(corps))


@pytest.mark.parametrize("document, phases, exemples, identifie", [
    ("/api/openapi.json", "examples,coverage,fuzzing", 8, False), ("/api/openapi.json", "examples,fuzzing", 5, True),
    ("/ogc/api", "examples,coverage,fuzzing", 6, False)])
def test_schemathesis_finds_no_server_error_and_no_undocumented_answer(service, jeton, document, phases, exemples, identifie, tmp_path):
    # Beside this Python: the version that exigences.txt names.
    programme = shutil.which("schemathesis", path=str(sys.prefix) + "/bin")
    commande = [programme, "run", service.url + document, "--checks", CONTROLES, "--phases", phases,
                "--max-examples", str(exemples), "--seed", "1",
                # One: the parser of Python 3.11 sometimes fails when two threads are in it.
                "--workers", "1", "--continue-on-failure",
                "--no-shrink", "--request-timeout", "40", "--warnings", "off", "--report", "junit", "--report-dir", str(tmp_path)]
    if identifie:
        commande += ["--header", f"Authorization: Bearer {jeton}"]
    fini = subprocess.run(commande, capture_output=True, text=True, cwd=tmp_path, timeout=600)
    assert fini.returncode == 0, fini.stdout[-6000:] + fini.stderr[-2000:]
    toutes = len(operations(service.json(document)))
    print(re.search(r"\d+ generated.*", fini.stdout)[0])
    assert f"Tested: {toutes}" in fini.stdout and int(re.search(r"(\d+) generated", fini.stdout)[1]) >= toutes * exemples
