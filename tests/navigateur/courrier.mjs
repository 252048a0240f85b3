// A real server of mail, for the tests alone: it keeps what it is given.
import { outil } from './outils.mjs';

const { SMTPServer } = outil('smtp-server');

/** Messages, as they were received: to whom, and their text. */
export async function lancerCourrier(adresse) {
  const messages = [];
  const attentes = [];
  const serveur = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(flux, session, fin) {
      const morceaux = [];
      flux.on('data', (morceau) => morceaux.push(morceau));
      flux.on('end', () => {
        messages.push({ pour: session.envelope.rcptTo.map((r) => r.address), texte: lire(Buffer.concat(morceaux).toString()) });
        attentes.splice(0).forEach((reveiller) => reveiller());
        fin();
      });
    },
  });
  const { port, hostname } = new URL(adresse);
  await new Promise((pret) => serveur.listen(Number(port), hostname, pret));
  return {
    messages,
    /** The next message to somebody, taken out. */
    async recevoir(pour) {
      for (;;) {
        const rang = messages.findIndex((message) => message.pour.includes(pour));
        if (rang >= 0) return messages.splice(rang, 1)[0];
        await new Promise((reveiller, echouer) => {
          attentes.push(reveiller);
          setTimeout(() => echouer(new Error(`aucun message pour ${pour}`)), 10_000).unref();
        });
      }
    },
    fermer: () => new Promise((fin) => serveur.close(fin)),
  };
}

/** The text of a message of one part (RFC 2045). */
function lire(message) {
  const fin = message.indexOf('\r\n\r\n');
  const [entetes, corps] = [message.slice(0, fin), message.slice(fin + 4)];
  if (/^content-transfer-encoding: base64/im.test(entetes)) return Buffer.from(corps, 'base64').toString();
  if (!/^content-transfer-encoding: quoted-printable/im.test(entetes)) return corps;
  const octets = corps.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(octets, 'latin1').toString();
}
