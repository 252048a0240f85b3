"""Makes the pictures of the page /qgis from a real QGIS, in French, on a display that nobody sees.

SERVICE=http://127.0.0.1:8080 PROJET=drome.qgz SORTIE=dossier \
  xvfb-run -s '-screen 0 1280x800x24' qgis --lang fr --nologo --noversioncheck --profiles-path PROFIL --code images.py

Needs the Debian packages qgis and xvfb. The files are then made small (pngquant) and put in src/qgis/images.
"""
import os

from qgis.core import QgsApplication, QgsLayoutExporter, QgsProject
from qgis.gui import QgsAuthConfigSelect
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import (
    QAbstractButton, QAction, QApplication, QComboBox, QDialog, QLineEdit, QToolButton)
from qgis.utils import iface

SERVICE, PROJET, SORTIE = (os.environ[nom] for nom in ('SERVICE', 'PROJET', 'SORTIE'))
fenetre = iface.mainWindow()


def garder(objet, nom):
    objet.grab().save(os.path.join(SORTIE, nom + '.png'))


def dialogues():
    return [d for d in QApplication.topLevelWidgets() if d.isVisible() and d is not fenetre and isinstance(d, QDialog)]


def remplir(dialogue, valeurs):
    """Fields by the name that QGIS gives them."""
    for champ in dialogue.findChildren(QLineEdit):
        if champ.objectName() in valeurs:
            champ.setText(valeurs[champ.objectName()])


def choisir(dialogue, texte):
    """Whatever choice begins with a text."""
    for liste in dialogue.findChildren(QComboBox):
        for rang in range(liste.count()):
            if liste.itemText(rang).startswith(texte):
                liste.setCurrentIndex(rang)


def projet():
    fenetre.resize(1000, 640)
    iface.addProject(PROJET)


def carte():
    garder(fenetre, 'projet')
    page = QgsProject.instance().layoutManager().layouts()[0]
    reglages = QgsLayoutExporter.ImageExportSettings()
    reglages.dpi = 80
    QgsLayoutExporter(page).exportToImage(os.path.join(SORTIE, 'page.png'), reglages)


def entree():
    QgsApplication.authManager().setMasterPassword('mot de passe de cette image', True)
    choix = QgsAuthConfigSelect(fenetre)
    QTimer.singleShot(1200, remplir_l_entree)
    # Waits for the end of the dialogue of a new entry.
    choix.findChild(QToolButton, 'btnConfigAdd').click()


def remplir_l_entree():
    dialogue = next(d for d in dialogues() if d.metaObject().className() == 'QgsAuthConfigEdit')
    choisir(dialogue, 'Basic')
    QApplication.processEvents()
    remplir(dialogue, {'leName': 'maillage', 'leUsername': 'qgis', 'lePassword': 'mlg_votre_jeton_0000000000'})
    for champ in dialogue.findChildren(QLineEdit):
        if champ.objectName() in ('authCfgIdEdit', 'leAuthCfg') or 'Id' in champ.objectName():
            champ.setText('maillag')
    QApplication.processEvents()
    garder(dialogue, 'entree')
    dialogue.reject()


def source(page, nom, valeurs):
    """The dialogue of a new connection of the data source manager. It waits for its end: the picture is made meanwhile."""
    def ouvrir():
        QTimer.singleShot(2500, creer)
        fenetre.findChild(QAction, page).trigger()

    def creer():
        gestionnaire = dialogues()[0]
        bouton = next(b for b in gestionnaire.findChildren(QAbstractButton)
                      if b.isVisible() and b.text().replace('&', '').startswith('Nouveau'))
        QTimer.singleShot(1200, lambda: prendre(gestionnaire))
        if bouton.menu():
            bouton.menu().actions()[0].trigger()
        else:
            bouton.click()

    def prendre(gestionnaire):
        for dialogue in dialogues():
            if dialogue is gestionnaire:
                continue
            remplir(dialogue, valeurs)
            choisir(dialogue, 'OGC API')
            QApplication.processEvents()
            garder(dialogue, nom)
            dialogue.reject()
        gestionnaire.reject()
    return ouvrir


ETAPES = [
    (1000, projet), (9000, carte), (1000, entree),
    (5000, source('mActionAddVectorTileLayer', 'tuiles', {
        'mEditName': 'maillage : communes', 'mEditUrl': SERVICE + '/tuiles/communes/{z}/{x}/{y}'})),
    (6000, source('mActionAddWfsLayer', 'objets', {'txtName': 'maillage', 'txtUrl': SERVICE + '/ogc', 'txtPageSize': '1000'})),
    (6000, lambda: os._exit(0)),
]


def suivre(rang=0):
    delai, etape = ETAPES[rang]

    def faire():
        try:
            etape()
        except Exception as erreur:  # The next pictures do not depend on this one.
            print('MANQUE', rang, repr(erreur), flush=True)
        if rang + 1 < len(ETAPES):
            suivre(rang + 1)
    QTimer.singleShot(delai, faire)


suivre()
