"""A public decoder on a thousand tiles, found from the templates that OGC API - Tiles gives."""

import gzip

import mapbox_vector_tile


def gabarit(service, couche):
    jeu = service.json(f"/ogc/collections/{couche}/tiles/WebMercatorQuad")
    return next(lien["href"] for lien in jeu["links"] if lien["rel"] == "item"), jeu["layers"][0]["id"]


def test_a_thousand_tiles_are_decoded_and_hold_their_layer(service):
    lues = objets = 0
    for couche in ("communes", "epci", "couverture", "zones", "demandes"):
        modele, nom = gabarit(service, couche)
        for z, x0, y0 in ((6, 31, 21), (8, 128, 89), (10, 518, 361), (12, 2100, 1465)):
            for pas in range(52):
                x, y = x0 + pas % 8, y0 + pas // 8
                adresse = modele.format(tileMatrix=z, tileRow=y, tileCol=x)
                statut, entetes, corps = service.demander(adresse, **{"Accept-Encoding": "gzip"})
                assert statut in (200, 204), f"{adresse} : {statut}"
                lues += 1
                if statut == 204:
                    continue
                if entetes["Content-Encoding"] == "gzip":
                    corps = gzip.decompress(corps)
                tuile = mapbox_vector_tile.decode(corps)
                assert nom in tuile, adresse
                for objet in tuile[nom]["features"]:
                    assert objet["properties"]["code"], adresse
                    objets += 1
    assert lues >= 1000 and objets > 20_000, (lues, objets)
