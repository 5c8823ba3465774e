import { createServer, type Server } from 'node:http';
import type { ScreenSize, SharePoint } from '../../../hardware/touchscreen/calibration.ts';
import { claimPort } from '../../core/port.ts';
import type { Targets } from './touchscreen.ts';

const pollMs = 150;
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>letan: touch panel</title>
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; background: #fff; color: #333; font: 24px system-ui, sans-serif; touch-action: none; user-select: none }
  p { position: absolute; top: 30%; width: 100%; text-align: center }
  /* Of an SVG the attribute alone hides nothing. */
  [hidden] { display: none }
  svg { position: absolute; width: 80px; height: 80px; margin: -40px 0 0 -40px }
</style>
<p id="note"></p>
<svg id="cross" viewBox="-40 -40 80 80" hidden><circle r="24" fill="none" stroke="#b00" stroke-width="3"/><path d="M-40 0H40M0-40V40" stroke="#b00" stroke-width="2"/></svg>
<script>
  const cross = document.getElementById('cross');
  const note = document.getElementById('note');
  addEventListener('contextmenu', (event) => event.preventDefault());
  async function look() {
    const ratio = devicePixelRatio;
    const isWhole = Math.abs(innerWidth - screen.width) < 2 && Math.abs(innerHeight - screen.height) < 2;
    note.textContent = isWhole ? '' : 'This page must fill the whole screen.';
    const size = isWhole ? '?width=' + Math.round(innerWidth * ratio) + '&height=' + Math.round(innerHeight * ratio) : '';
    try {
      const target = await (await fetch('target' + size)).json();
      cross.toggleAttribute('hidden', target === null);
      if (target) { cross.style.left = target.x * 100 + '%'; cross.style.top = target.y * 100 + '%'; }
    } catch { note.textContent = 'letan calibrate has ended.'; cross.toggleAttribute('hidden', true); }
    setTimeout(look, ${pollMs});
  }
  look();
</script>`;

const sizeLimitPx = 20_000;

function sizeOf(url: URL): ScreenSize | null {
  const [widthPx, heightPx] = [Number(url.searchParams.get('width')), Number(url.searchParams.get('height'))];
  const isSize = (px: number) => Number.isInteger(px) && px > 0 && px <= sizeLimitPx;
  return isSize(widthPx) && isSize(heightPx) ? { widthPx, heightPx } : null;
}

/** Draws one target at a time on the robot's own screen. */
export class TargetPage implements Targets {
  /** As the page said last; null while it does not fill the screen. */
  screen: ScreenSize | null = null;
  private target: SharePoint | null = null;
  private readonly server: Server;
  private address = '';

  private constructor() {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (request.method !== 'GET') response.writeHead(405).end();
      else if (url.pathname === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      else if (url.pathname === '/target') {
        this.screen = sizeOf(url);
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(this.target));
      } else response.writeHead(404).end();
    });
  }

  /** `PORT_IN_USE` when another program has the port; 0 picks a free one. */
  static async open(port: number): Promise<TargetPage> {
    const opened = new TargetPage();
    const at = { host: '127.0.0.1', port };
    await claimPort('page with the targets', at, () => {
      return new Promise<void>((resolve, reject) => {
        opened.server.once('error', reject);
        opened.server.listen(at, resolve);
      });
    });
    const bound = opened.server.address();
    opened.address = `http://127.0.0.1:${bound && typeof bound === 'object' ? bound.port : port}/`;
    return opened;
  }

  get preparation(): string {
    return `Open ${this.address} on the robot's screen, in a browser that fills it (chromium --kiosk ${this.address}).`;
  }

  show(target: SharePoint | null): void {
    this.target = target;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** For a robot whose screen shows no other page: marks on the glass. */
export class TapedTargets implements Targets {
  readonly screen: ScreenSize;
  readonly preparation =
    'Mark five places of the visible picture with tape: each corner at 10 % of width and height from its edges, and the middle.';

  constructor(screen: ScreenSize) {
    this.screen = screen;
  }

  show(): void {}
}
