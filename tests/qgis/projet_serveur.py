"""Makes the project that QGIS Server publishes from the views of `diffusion_1`, as a GIS administrator would in QGIS.

/usr/bin/python3 projet_serveur.py PROJECT.qgs SOCKET ROLE

Each view is a layer under its own name, published by WMS and WFS; communes are filled with one colour and no outline.
Needs the Debian packages python3-qgis and qgis-providers.
"""
import os
import sys
import tempfile

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
PROFIL = tempfile.TemporaryDirectory(prefix='maillage-qgis-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = PROFIL.name
os.environ['XDG_RUNTIME_DIR'] = PROFIL.name

from qgis.core import (  # noqa: E402
    QgsApplication, QgsCoordinateReferenceSystem, QgsDataSourceUri, QgsFillSymbol, QgsProject, QgsSingleSymbolRenderer,
    QgsVectorLayer, QgsWkbTypes)

SURFACES = ['communes', 'epci', 'departements', 'regions', 'zones', 'couverture']
POINTS = ['demandes']
TABLES = ['indicateurs', 'partenaires']
COULEUR = '43,108,176,255'


def couche(nom, socket, role):
    uri = QgsDataSourceUri()
    uri.setConnection(socket, '5432', 'maillage', role, '')
    uri.setDataSource('diffusion_1', nom, None if nom in TABLES else 'geometrie', '', 'id')
    if nom not in TABLES:
        uri.setSrid('3857')
        uri.setWkbType(QgsWkbTypes.Point if nom in POINTS else QgsWkbTypes.MultiPolygon)
    lue = QgsVectorLayer(uri.uri(False), nom, 'postgres')
    if not lue.isValid():
        raise SystemExit(f'La vue diffusion_1.{nom} ne s\'ouvre pas dans QGIS.')
    if nom in SURFACES:
        plein = {'color': COULEUR, 'outline_style': 'no'}
        lue.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(plein)))
    return lue


def main():
    chemin, socket, role = sys.argv[1:]
    projet = QgsProject.instance()
    projet.setCrs(QgsCoordinateReferenceSystem('EPSG:3857'))
    for nom in SURFACES + POINTS + TABLES:
        lue = couche(nom, socket, role)
        projet.addMapLayer(lue)
        lue.setShortName(nom)
    ids = list(projet.mapLayers())
    projet.writeEntry('WFSLayers', '/', ids)
    for id_ in ids:
        projet.writeEntry('WFSLayersPrecision', f'/{id_}', 6)
    projet.writeEntry('WMSCrsList', '/', ['EPSG:3857', 'EPSG:4326', 'EPSG:2154'])
    if not projet.write(chemin):
        raise SystemExit(f'Le projet {chemin} ne s\'écrit pas.')


application = QgsApplication([], False)
application.initQgis()
main()
QgsProject.instance().clear()
application.exitQgis()
PROFIL.cleanup()
sys.stdout.flush()
# What QGIS leaves to Python's own end may crash it.
os._exit(0)
