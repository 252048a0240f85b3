// A real OpenID Connect provider, with two agents of one body, for the tests alone.
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { outil } from './outils.mjs';

/** Claims as ProConnect gives them. */
export const AGENTS = {
  anne: { email: 'anne.martin@drome.example', given_name: 'Anne', usual_name: 'Martin', siret: '22260001700016' },
  marc: { email: 'marc.petit@drome.example', email_verified: false, given_name: 'Marc', usual_name: 'Petit' },
};

/** Starts it at the address that the service was given, with keys of its own each time. */
export async function lancerFournisseur(emetteur, { client, secret, retour }) {
  const { default: Provider } = await import(pathToFileURL(outil.resolve('oidc-provider')).href);
  const cle = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const fournisseur = new Provider(emetteur, {
    clients: [
      {
        client_id: client,
        client_secret: secret,
        redirect_uris: [retour],
        // ProConnect signs what it says of people.
        userinfo_signed_response_alg: 'RS256',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], given_name: ['given_name'], usual_name: ['usual_name'], siret: ['siret'] },
    features: { jwtUserinfo: { enabled: true } },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...AGENTS[sub] }) }),
    pkce: { required: () => true },
    jwks: { keys: [{ ...cle, use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['essai'] },
  });
  const { port, hostname } = new URL(emetteur);
  return new Promise((pret) => {
    const serveur = fournisseur.listen(Number(port), hostname, () => pret(serveur));
  });
}
