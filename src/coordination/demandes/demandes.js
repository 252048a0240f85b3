// What the pages of demandes do better with a script: a draft outlives a reload or a lost connection, and communes are
// suggested. Everything else works without it.

const PREFIXE = 'maillage:brouillon:';
const ENVOYE = 'maillage:envoye';
const compte = document.querySelector('[data-compte]')?.dataset.compte;

/** What a browser refuses to keep (private browsing, no room) is not kept, and nothing else changes. */
function tenter(faire) {
  try {
    return faire();
  } catch {
    return undefined;
  }
}

/** Drafts of whoever was signed in here before are not this person's. */
function oublierLesAutres() {
  for (const reserve of [localStorage, sessionStorage]) {
    for (const cle of Object.keys(reserve)) {
      if (cle.startsWith(PREFIXE) && !cle.startsWith(`${PREFIXE}${compte}:`)) reserve.removeItem(cle);
    }
  }
}

/** People are named in the memory of this tab alone. */
const personnel = (nom) => nom.startsWith('contact_');

function valeurs(formulaire) {
  const [durables, passageres] = [{}, {}];
  for (const [nom, valeur] of new FormData(formulaire)) {
    const ou = personnel(nom) || (nom === 'lu' && /contact_/.test(valeur)) ? passageres : durables;
    (ou[nom] ??= []).push(valeur);
  }
  return [durables, passageres];
}

function remplir(formulaire, lues) {
  for (const champ of formulaire.elements) {
    if (!champ.name || champ.type === 'submit') continue;
    const dites = lues[champ.name];
    if (champ.type === 'checkbox' || champ.type === 'radio') champ.checked = dites?.includes(champ.value) ?? false;
    else if (dites) champ.value = dites[0];
  }
  for (const pli of formulaire.querySelectorAll('details')) {
    if ([...pli.querySelectorAll('input, textarea, select')].some((c) => (c.type === 'checkbox' ? c.checked : c.value))) pli.open = true;
  }
}

function brouillon(lieu) {
  const formulaire = lieu.querySelector('form');
  const cle = `${PREFIXE}${compte}:${lieu.dataset.brouillon}`;
  const depart = JSON.stringify(valeurs(formulaire));
  const lire = (reserve) => tenter(() => JSON.parse(reserve.getItem(cle) ?? 'null'));
  const effacer = () => tenter(() => [localStorage, sessionStorage].forEach((reserve) => reserve.removeItem(cle)));
  const garder = () =>
    tenter(() => {
      const [durables, passageres] = valeurs(formulaire);
      if (JSON.stringify([durables, passageres]) === depart) return effacer();
      localStorage.setItem(cle, JSON.stringify(durables));
      sessionStorage.setItem(cle, JSON.stringify(passageres));
      return undefined;
    });
  document.querySelector('[data-avis-brouillon]')?.removeAttribute('hidden');
  const durables = lire(localStorage);
  // What the service shows again with its faults is newer than the draft.
  if (durables && !lieu.querySelector('[role="alert"]')) {
    remplir(formulaire, { ...durables, ...(lire(sessionStorage) ?? {}) });
    const avis = document.createElement('p');
    avis.className = 'avis';
    avis.setAttribute('role', 'status');
    avis.append('Ce que vous aviez commencé ici est repris. ');
    const bouton = document.createElement('button');
    bouton.type = 'button';
    bouton.className = 'second';
    bouton.textContent = 'Repartir de la page';
    bouton.addEventListener('click', () => {
      effacer();
      location.reload();
    });
    avis.append(bouton);
    lieu.prepend(avis);
  }
  let attente;
  formulaire.addEventListener('input', () => {
    clearTimeout(attente);
    attente = setTimeout(garder, 300);
  });
  formulaire.addEventListener('submit', () => {
    clearTimeout(attente);
    garder();
    tenter(() => sessionStorage.setItem(ENVOYE, cle));
  });
}

/** What was sent and is written is no draft any more. */
function finir() {
  const cle = sessionStorage.getItem(ENVOYE);
  if (!cle) return;
  for (const reserve of [localStorage, sessionStorage]) reserve.removeItem(cle);
  sessionStorage.removeItem(ENVOYE);
}

/** Communes and EPCI whose name or post code begins so. */
function suggerer(champ) {
  const liste = document.createElement('datalist');
  liste.id = `${champ.id}-propositions`;
  champ.after(liste);
  champ.setAttribute('list', liste.id);
  champ.setAttribute('autocomplete', 'off');
  let attente;
  let dernier;
  const chercher = async () => {
    const texte = champ.value.trim();
    if (texte.length < 2 || /\)$/.test(texte)) return;
    dernier?.abort();
    dernier = new AbortController();
    try {
      const reponse = await fetch(`/api/territoires?q=${encodeURIComponent(texte)}&limite=12`, { signal: dernier.signal });
      if (!reponse.ok) return;
      const { resultats } = await reponse.json();
      liste.replaceChildren(
        ...resultats
          .filter((trouve) => trouve.maille === 'commune' || trouve.maille === 'epci')
          .map((trouve) => {
            const choix = document.createElement('option');
            choix.value = `${trouve.nom} (${trouve.code})`;
            choix.label = trouve.departement ? `${trouve.nom}, ${trouve.departement.nom}` : trouve.nom;
            return choix;
          }),
      );
    } catch {
      // Without suggestions, what is typed is read all the same.
    }
  };
  champ.addEventListener('input', () => {
    clearTimeout(attente);
    attente = setTimeout(chercher, 200);
  });
}

if (compte) {
  tenter(oublierLesAutres);
  if (document.querySelector('[data-fait]')) tenter(finir);
  document.querySelectorAll('[data-brouillon]').forEach(brouillon);
  document.querySelectorAll('input[name="beneficiaire"]').forEach(suggerer);
}
