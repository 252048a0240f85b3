// A browser without a graphics card keeps its thread waiting until what a canvas shows is drawn: some tenths of a second for
// the communes of the country, in which nobody who clicks or types is answered. There, the map is drawn behind the scenes, in
// a buffer of its own, while the thread goes on; the canvas gets the picture once it is there, and the next one begins then.
// While the map moves, the buffer has fewer pixels, and the finest lines are left out: it follows the hand more closely.

import type { DataDrivenPropertyValueSpecification, Map as CarteMapLibre } from 'maplibre-gl';

/** Names that drivers without a graphics card give themselves. */
const LOGICIELS = /swiftshader|llvmpipe|softpipe|software|basic render/i;
/** Pixels for one of CSS while the map moves. */
const EN_MOUVEMENT = 0.5;
/** The finest boundaries are a third of what is left to draw. */
const FINES = 'limites-communes';

/** Whether pictures are drawn by the processor. */
export function sansCarteGraphique(gl: WebGL2RenderingContext): boolean {
  const precise = gl.getExtension('WEBGL_debug_renderer_info');
  return LOGICIELS.test(String(gl.getParameter(precise ? precise.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
}

export class Coulisses {
  private readonly lier: WebGL2RenderingContext['bindFramebuffer'];
  private readonly redemander: () => void;
  private readonly tampon: WebGLFramebuffer;
  private readonly couleurs: WebGLRenderbuffer;
  private readonly profondeur: WebGLRenderbuffer;
  private taille: [number, number] = [0, 0];
  /** Signalled once the picture is drawn. */
  private fin: WebGLSync | null = null;
  private suivante = false;
  private reduite = false;
  private opacite: DataDrivenPropertyValueSpecification<number> | undefined;
  private attentes: (() => void)[] = [];

  constructor(
    private readonly carte: CarteMapLibre,
    private readonly gl: WebGL2RenderingContext,
  ) {
    this.lier = gl.bindFramebuffer.bind(gl);
    this.redemander = carte.triggerRepaint.bind(carte);
    [this.tampon, this.couleurs, this.profondeur] = [gl.createFramebuffer(), gl.createRenderbuffer(), gl.createRenderbuffer()];
    // What MapLibre draws on the canvas, it draws in the buffer.
    gl.bindFramebuffer = (cible, tampon) => {
      if (!tampon) this.ajuster();
      this.lier(cible, tampon ?? this.tampon);
    };
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    carte.triggerRepaint = () => {
      if (this.fin) this.suivante = true;
      else this.redemander();
    };
    carte.on('render', () => this.dessinee());
    // A canvas that changes size is emptied.
    carte.on('resize', () => this.montrer());
    carte.on('move', () => carte.isMoving() && this.reduire());
    carte.on('idle', () => this.retablir());
  }

  /** Once all that was drawn is shown, with all its pixels. */
  montree(): Promise<void> {
    return new Promise((suite) => (this.fin || this.reduite ? void this.attentes.push(suite) : suite()));
  }

  private dessinee(): void {
    const { gl, fin } = this;
    this.fin = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    if (fin) gl.deleteSync(fin);
    else this.attendre();
  }

  private attendre(): void {
    requestAnimationFrame(() => {
      const { gl, fin } = this;
      if (!fin || gl.isContextLost()) return;
      if (gl.getSyncParameter(fin, gl.SYNC_STATUS) !== gl.SIGNALED) return this.attendre();
      gl.deleteSync(fin);
      this.fin = null;
      this.montrer();
      if (this.suivante) this.redemander();
      else if (!this.reduite) for (const suite of this.attentes.splice(0)) suite();
      this.suivante = false;
    });
  }

  private montrer(): void {
    const { gl } = this;
    this.lier(gl.READ_FRAMEBUFFER, this.tampon);
    this.lier(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(0, 0, ...this.taille, 0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.COLOR_BUFFER_BIT, gl.LINEAR);
    this.lier(gl.FRAMEBUFFER, this.tampon);
  }

  /** The buffer has the size that MapLibre draws at. */
  private ajuster(): void {
    const { gl } = this;
    const { width, height } = this.carte.painter;
    if (this.taille[0] === width && this.taille[1] === height) return;
    this.taille = [width, height];
    for (const [stockage, format] of [[this.couleurs, gl.RGBA8], [this.profondeur, gl.DEPTH24_STENCIL8]] as const) {
      gl.bindRenderbuffer(gl.RENDERBUFFER, stockage);
      gl.renderbufferStorage(gl.RENDERBUFFER, format, width, height);
    }
    this.lier(gl.FRAMEBUFFER, this.tampon);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.couleurs);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_STENCIL_ATTACHMENT, gl.RENDERBUFFER, this.profondeur);
  }

  private reduire(): void {
    if (this.reduite || !this.carte.getLayer(FINES)) return;
    this.reduite = true;
    this.opacite = this.carte.getPaintProperty(FINES, 'line-opacity') as typeof this.opacite;
    this.carte.setPaintProperty(FINES, 'line-opacity', 0);
    this.graver(EN_MOUVEMENT);
  }

  private retablir(): void {
    if (!this.reduite) return;
    this.reduite = false;
    this.carte.setPaintProperty(FINES, 'line-opacity', this.opacite);
    this.graver(this.carte.getPixelRatio());
  }

  /** Pixels of the buffer for one of CSS; those of the canvas stay, which a change of theirs would empty. */
  private graver(finesse: number): void {
    const { clientWidth, clientHeight } = this.carte.getContainer();
    this.carte.painter.resize(clientWidth, clientHeight, finesse);
    this.carte._clampedPixelRatio = finesse;
    this.carte.triggerRepaint();
  }
}
