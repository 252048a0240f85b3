// The pages of a partner's space that the service writes are read without script. This makes them quicker to work with:
// each page says, by an element that it has, what is to be loaded.

const outils: [string, (racine: HTMLElement) => Promise<void>][] = [
  ['#atelier', async (racine) => new (await import('./atelier')).Atelier(racine).commencer()],
  ['#apercu-zones', async (racine) => (await import('./apercu')).montrerZones(racine)],
  ['#difference', async (racine) => (await import('./apercu')).montrerDifference(racine)],
];

for (const [selecteur, charger] of outils) {
  const racine = document.querySelector<HTMLElement>(selecteur);
  if (racine) void charger(racine);
}
