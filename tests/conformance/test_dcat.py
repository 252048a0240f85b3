"""The catalogue for portals, read as RDF."""

import rdflib

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")


def test_every_dataset_has_what_dcat_ap_requires_and_files_that_are_there(service, collections):
    _, _, corps = service.demander("/dcat")
    graphe = rdflib.Graph().parse(data=corps, format="json-ld")
    jeux = set(graphe.subjects(rdflib.RDF.type, DCAT.Dataset))
    assert len(jeux) == len(collections)
    for jeu in jeux:
        for propriete in (DCT.title, DCT.description, DCT.publisher, DCT.modified, DCAT.theme, DCAT.distribution):
            assert list(graphe.objects(jeu, propriete)), f"{jeu} : {propriete}"
    fichiers = [str(f) for f in graphe.objects(None, DCAT.downloadURL) if "/epci." in str(f)]
    assert len(fichiers) == 7
    for fichier in fichiers:
        assert service.demander(fichier)[0] == 200, fichier
