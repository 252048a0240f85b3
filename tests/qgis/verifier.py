"""Opens the projects that the service makes in a real QGIS (3.22 or newer), and holds them to what they promise.

/usr/bin/python3 verifier.py SERVICE --reseau drome --sortie DOSSIER [--jeton TOKEN] [--enregistrer]

SERVICE is the address that the service was started with (--url-publique). Without a token, only the public edition is
tried. Says what it checked, line by line; the first thing that is wrong ends it, with a sentence and the code 1.
Needs the Debian packages python3-qgis and qgis-providers.
"""
import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
PROFIL = tempfile.TemporaryDirectory(prefix='maillage-qgis-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = PROFIL.name
os.environ['QGIS_AUTH_DB_DIR_PATH'] = PROFIL.name
os.environ['XDG_RUNTIME_DIR'] = PROFIL.name

from qgis.core import (  # noqa: E402
    Qgis, QgsApplication, QgsAuthMethodConfig, QgsExpressionContext, QgsExpressionContextUtils, QgsFeatureRequest,
    QgsLayerDefinition, QgsLayoutExporter, QgsMapLayer, QgsMapRendererParallelJob, QgsMapSettings, QgsProject,
    QgsVectorTileBasicLabeling)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor, QImage  # noqa: E402

ICI = Path(__file__).parent
ENTREE = 'maillag'
TUILES = ['communes', 'couverture', 'demandes', 'departements', 'epci', 'regions', 'terre', 'zones']
TABLES = ['communes', 'couverture', 'demandes', 'departements', 'epci', 'regions', 'zones']
GROUPES = ['Demandes', 'Territoires', 'Zones', 'Couverture', 'Tables (OGC API – Features)', 'Fond']
ALIAS = {'nom': 'Nom', 'code': 'Code', 'partenaire_nom': 'Nom du partenaire', 'theme_libelle': 'Libellé du thème'}
# A pixel differs beyond this on one channel; so many may, of a hundred: fonts are left out, antialiasing is not.
ECART, PART = 24, 1.0


class Faux(Exception):
    """What is wrong, in a sentence."""


def exiger(vrai, phrase):
    if not vrai:
        raise Faux(phrase)


def dire(phrase):
    print(f'  {phrase}', flush=True)


def lire(adresse, jeton=None):
    requete = urllib.request.Request(adresse)
    if jeton:
        requete.add_header('Authorization', f'Bearer {jeton}')
    with urllib.request.urlopen(requete) as reponse:
        return reponse.read()


def compter(service, collection, filtre, jeton=None):
    question = urllib.parse.urlencode({'limit': 1, **filtre})
    return json.loads(lire(f'{service}/ogc/collections/{collection}/items?{question}', jeton))['numberMatched']


def telecharger(service, reseau, dossier, edition, remplacer=None, jeton=None):
    """The file of a project; `remplacer` puts another address in the place of the service's."""
    question = '?edition=privee' if edition == 'privee' else ''
    chemin = dossier / f'{reseau}-{edition}.qgz'
    chemin.write_bytes(lire(f'{service}/qgis/{reseau}.qgz{question}', jeton))
    if remplacer:
        with zipfile.ZipFile(chemin) as archive:
            texte = archive.read(f'{reseau}.qgs').decode()
        with zipfile.ZipFile(chemin, 'w') as archive:
            archive.writestr(f'{reseau}.qgs', texte.replace(service, remplacer))
    return chemin


def ouvrir(chemin):
    projet = QgsProject.instance()
    projet.clear()
    debut = time.monotonic()
    exiger(projet.read(str(chemin)), f'QGIS ne lit pas {chemin}.')
    return projet, time.monotonic() - debut


def verifier_couches(projet, service, reseau, jeton=None):
    couches = projet.mapLayers()
    attendues = {f'tuiles_{nom}' for nom in TUILES} | {f'collection_{nom}' for nom in TABLES}
    exiger(set(couches) == attendues, f'Les couches sont {sorted(couches)}, et non {sorted(attendues)}.')
    for couche in couches.values():
        exiger(couche.isValid(), f'La couche {couche.id()} ne s\'ouvre pas : {couche.source()}')
    dire(f'{len(couches)} couches s\'ouvrent')
    groupes = [groupe.name() for groupe in projet.layerTreeRoot().findGroups()]
    exiger(groupes == GROUPES, f'Les groupes sont {groupes}.')
    departement = json.loads(lire(f'{service}/api/reseaux/{reseau}', jeton))['departement']
    for nom in TABLES:
        filtre = {'reseau': reseau} if nom in ('couverture', 'zones', 'demandes') else {}
        if nom in ('communes', 'epci') and departement:
            filtre = {'departement': departement}
        couche = couches[f'collection_{nom}']
        lu, dit = couche.featureCount(), compter(service, nom, filtre, jeton)
        exiger(lu == dit, f'QGIS compte {lu} objets dans {nom}, et le service {dit}.')
        dire(f'{nom} : {lu} objets, comme le dit le service')
    communes = couches['collection_communes']
    exiger(sum(1 for _ in communes.getFeatures()) == communes.featureCount(),
           'Parcourir les communes n\'en donne pas autant qu\'annoncé.')
    for couche in couches.values():
        if couche.type() != QgsMapLayer.VectorLayer:
            continue
        for champ in couche.fields():
            attendu = ALIAS.get(champ.name())
            exiger(attendu in (None, champ.alias()),
                   f'Le champ {champ.name()} de {couche.id()} s\'intitule « {champ.alias()} ».')
    dire('les champs ont leurs intitulés français')


def verifier_filtre(projet, service, reseau, jeton=None):
    zones = projet.mapLayer('collection_zones')
    partenaire = next(zones.getFeatures())['partenaire']
    demande = QgsFeatureRequest().setFilterExpression(f'"partenaire" = \'{partenaire}\'')
    lu = sum(1 for _ in zones.getFeatures(demande))
    dit = compter(service, 'zones', {'reseau': reseau, 'partenaire': partenaire}, jeton)
    exiger(lu == dit > 0, f'Le filtre sur {partenaire} donne {lu} zones, et le service {dit}.')
    dire(f'un filtre de QGIS sur le partenaire {partenaire} : {lu} en tout, comme le dit le service')


def peindre(projet, couches, taille):
    reglages = QgsMapSettings()
    reglages.setDestinationCrs(projet.crs())
    reglages.setTransformContext(projet.transformContext())
    reglages.setBackgroundColor(projet.backgroundColor())
    reglages.setOutputSize(QSize(*taille))
    reglages.setOutputDpi(96)
    reglages.setExtent(projet.viewSettings().defaultViewExtent())
    reglages.setLayers(couches)
    contexte = QgsExpressionContext()
    contexte.appendScopes([QgsExpressionContextUtils.globalScope(), QgsExpressionContextUtils.projectScope(projet),
                           QgsExpressionContextUtils.mapSettingsScope(reglages)])
    reglages.setExpressionContext(contexte)
    tache = QgsMapRendererParallelJob(reglages)
    tache.start()
    tache.waitForFinished()
    exiger(not tache.errors(), f'Le rendu dit : {[erreur.message for erreur in tache.errors()]}')
    return tache.renderedImage()


def difference(image, reference):
    """The share of pixels that differ, of a hundred."""
    exiger(image.size() == reference.size(), 'L\'image n\'a pas la taille de la référence.')
    differents = 0
    for y in range(image.height()):
        for x in range(image.width()):
            a, b = QColor(image.pixel(x, y)), QColor(reference.pixel(x, y))
            if max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) > ECART:
                differents += 1
    return 100 * differents / (image.width() * image.height())


def verifier_carte(projet, reseau, sortie, enregistrer):
    racine = projet.layerTreeRoot()
    visibles = [couche for couche in racine.layerOrder() if racine.findLayer(couche.id()).isVisible()]
    debut = time.monotonic()
    peindre(projet, visibles, (1280, 800)).save(str(sortie / 'carte.png'))
    duree = time.monotonic() - debut
    dire(f'première image de la carte : {duree:.2f} s')
    for couche in projet.mapLayers().values():
        if couche.type() == QgsMapLayer.VectorTileLayer and couche.labeling():
            couche.setLabeling(QgsVectorTileBasicLabeling())
    for nom, ids in (('couverture', None), ('demandes', ['tuiles_demandes', 'tuiles_terre']),
                     ('zones', ['tuiles_zones', 'tuiles_terre']),
                     ('collection_couverture', ['collection_couverture', 'tuiles_terre'])):
        image = peindre(projet, visibles if ids is None else [projet.mapLayer(id_) for id_ in ids], (480, 300))
        image.save(str(sortie / f'{nom}.png'))
        reference = ICI / 'references' / reseau / f'{nom}.png'
        if enregistrer:
            reference.parent.mkdir(parents=True, exist_ok=True)
            image.convertToFormat(QImage.Format_RGB888).save(str(reference))
            continue
        if not reference.exists():
            dire(f'l\'image {nom} est faite, sans référence pour ce réseau')
            continue
        part = difference(image, QImage(str(reference)))
        exiger(part <= PART, f'L\'image {nom} diffère de sa référence sur {part:.1f} % de ses points '
                             f'(au plus {PART} %) : {sortie / nom}.png.')
        dire(f'l\'image {nom} est celle attendue, à {part:.2f} % près')


def verifier_page(projet, sortie):
    mises_en_page = projet.layoutManager().layouts()
    exiger(len(mises_en_page) == 1, f'Il y a {len(mises_en_page)} mises en page.')
    page = mises_en_page[0]
    for nom in ('Carte', 'Titre', 'Sous-titre', 'Sources', 'Millésime', 'Date', 'Légende', 'Échelle', 'Nord'):
        exiger(page.itemById(nom) is not None, f'La mise en page n\'a pas d\'élément « {nom} ».')
    exiger('illésime' in page.itemById('Millésime').text(), 'La mise en page ne dit pas le millésime.')
    lignes = page.itemById('Légende').model().rootGroup().findLayers()
    exiger(lignes and lignes[0].layer() is not None, 'La légende n\'a pas de couche.')
    reglages = QgsLayoutExporter.ImageExportSettings()
    reglages.dpi = 120
    resultat = QgsLayoutExporter(page).exportToImage(str(sortie / 'page.png'), reglages)
    exiger(resultat == QgsLayoutExporter.Success, f'La mise en page ne s\'exporte pas (code {resultat}).')
    image = QImage(str(sortie / 'page.png')).scaled(140, 99)
    teintes = {image.pixel(x, y) for x in range(140) for y in range(99)}
    exiger(len(teintes) > 40, 'La mise en page exportée est presque vide.')
    dire(f'la mise en page « {page.name()} » s\'exporte, avec titre, légende, échelle, nord, sources et millésime')


def verifier_publique(service, reseau, sortie, enregistrer):
    print('Édition publique', flush=True)
    debut = time.monotonic()
    projet, duree = ouvrir(telecharger(service, reseau, sortie, 'publique'))
    dire(f'projet ouvert en {duree:.2f} s')
    for couche in projet.mapLayers().values():
        exiger('authcfg' not in couche.source(), f'{couche.id()} demande à s\'identifier.')
    verifier_carte(projet, reseau, sortie, enregistrer)
    dire(f'de l\'ouverture à toutes les images : {time.monotonic() - debut:.2f} s')
    verifier_couches(projet, service, reseau)
    verifier_filtre(projet, service, reseau)
    verifier_page(projet, sortie)
    projet.clear()
    chemin = sortie / f'{reseau}.qlr'
    chemin.write_bytes(lire(f'{service}/qgis/{reseau}.qlr'))
    lu, message = QgsLayerDefinition.loadLayerDefinition(str(chemin), projet, projet.layerTreeRoot())
    couches = projet.mapLayers().values()
    exiger(lu and len(couches) == len(TUILES) + len(TABLES), f'Le .qlr ne se lit pas : {message}')
    exiger(all(couche.isValid() for couche in couches), 'Une couche du .qlr ne s\'ouvre pas.')
    dire(f'le .qlr donne {len(couches)} couches')
    projet.clear()


def inscrire(jeton):
    """The one entry that the private edition asks for."""
    gestionnaire = QgsApplication.authManager()
    exiger(gestionnaire.setMasterPassword('mot de passe de ce test', True), 'QGIS refuse le mot de passe principal.')
    entree = QgsAuthMethodConfig('Basic')
    entree.setId(ENTREE)
    entree.setName('maillage')
    entree.setConfigMap({'username': 'qgis', 'password': jeton, 'realm': ''})
    exiger(gestionnaire.storeAuthenticationConfig(entree), 'QGIS ne garde pas l\'entrée d\'authentification.')


def verifier_privee(service, reseau, sortie, jeton):
    print('Édition privée', flush=True)
    inscrire(jeton)
    with socket.socket() as prise:
        prise.bind(('127.0.0.1', 0))
        port = prise.getsockname()[1]
    registre = (sortie / 'demandes-de-qgis.jsonl').open('w+')
    mandataire = subprocess.Popen([sys.executable, str(ICI / 'mandataire.py'), service, str(port)], stdout=registre)
    try:
        for _ in range(50):
            with socket.socket() as prise:
                if prise.connect_ex(('127.0.0.1', port)) == 0:
                    break
            time.sleep(0.1)
        soi = f'http://127.0.0.1:{port}'
        projet, duree = ouvrir(telecharger(service, reseau, sortie, 'privee', soi, jeton))
        dire(f'projet ouvert en {duree:.2f} s')
        for couche in projet.mapLayers().values():
            exiger(f'authcfg={ENTREE}' in couche.source(), f'{couche.id()} ne s\'identifie pas.')
        verifier_couches(projet, service, reseau, jeton)
        verifier_filtre(projet, service, reseau, jeton)
        peindre(projet, [projet.mapLayer(f'tuiles_{nom}') for nom in TUILES], (480, 300))
        projet.clear()
    finally:
        mandataire.terminate()
        mandataire.wait()
    registre.seek(0)
    demandes = [json.loads(ligne) for ligne in registre]
    registre.close()
    for genre in ('/tuiles/', '/ogc'):
        vues = [demande for demande in demandes if demande['chemin'].startswith(genre)]
        sans = [demande['chemin'] for demande in vues if demande['autorisation'] != 'Basic']
        exiger(vues, f'QGIS n\'a rien demandé à {genre}.')
        exiger(not sans, f'{len(sans)} demandes sur {len(vues)} ne portent pas l\'authentification : {sans[:3]}')
        dire(f'{genre} : {len(vues)} demandes, toutes avec l\'authentification')


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('service')
    arguments.add_argument('--reseau', default='drome')
    arguments.add_argument('--sortie', type=Path, required=True)
    arguments.add_argument('--jeton')
    arguments.add_argument('--enregistrer', action='store_true', help='renew the reference pictures')
    lus = arguments.parse_args()
    service = lus.service.rstrip('/')
    lus.sortie.mkdir(parents=True, exist_ok=True)
    application = QgsApplication([], False)
    application.initQgis()
    print(f'QGIS {Qgis.QGIS_VERSION}', flush=True)
    code = 0
    try:
        verifier_publique(service, lus.reseau, lus.sortie, lus.enregistrer)
        if lus.jeton:
            verifier_privee(service, lus.reseau, lus.sortie, lus.jeton)
    except Faux as faux:
        print(f'\n✘ {faux}', file=sys.stderr, flush=True)
        code = 1
    except OSError as erreur:
        print(f'\n✘ Le service {service} ne répond pas comme il faut : {erreur}', file=sys.stderr, flush=True)
        code = 1
    except Exception:  # Python's own end would crash in QGIS before it is told.
        traceback.print_exc()
        code = 2
    QgsProject.instance().clear()
    application.exitQgis()
    PROFIL.cleanup()
    sys.stdout.flush()
    # What QGIS leaves to Python's own end may crash it.
    os._exit(code)


main()
