"""Stands between QGIS and the service, and notes what QGIS asks: one line of JSON a request, with how it
authenticates, never its secret. Addresses in what it passes on are its own, so that nothing goes past it.

python3 mandataire.py SERVICE PORT
"""
import http.server
import json
import sys
import threading
import urllib.error
import urllib.request

SERVICE, PORT = sys.argv[1].rstrip('/'), int(sys.argv[2])
VERROU = threading.Lock()
SOI = f'http://127.0.0.1:{PORT}'


class Mandataire(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        autorisation = self.headers.get('Authorization')
        comment = autorisation.split(' ')[0] if autorisation else None
        with VERROU:
            print(json.dumps({'chemin': self.path, 'autorisation': comment}), flush=True)
        requete = urllib.request.Request(SERVICE + self.path)
        if autorisation:
            requete.add_header('Authorization', autorisation)
        try:
            reponse = urllib.request.urlopen(requete)
        except urllib.error.HTTPError as refus:
            reponse = refus
        corps = reponse.read()
        genre = reponse.headers.get('Content-Type', '')
        if 'json' in genre:
            corps = corps.replace(SERVICE.encode(), SOI.encode())
        self.send_response(reponse.status)
        for nom in ('Content-Type', 'WWW-Authenticate', 'Content-Crs'):
            if reponse.headers.get(nom):
                self.send_header(nom, reponse.headers[nom])
        if reponse.status != 204:
            self.send_header('Content-Length', str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(('127.0.0.1', PORT), Mandataire).serve_forever()
