import type { FiveBoard } from 'johnny-five/lib/board.js';
import type { FiveRgb } from 'johnny-five/lib/led/rgb.js';
import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { pins } from '../../firmware-bridge/protocol/pins.ts';
import type { Unsubscribe } from '../../src/core/signal.ts';
import type { Lights } from './lights.ts';
import type { Colour } from './moods.ts';

/** The mood light through johnny-five. A colour set while the board is away shows when it is back. */
export function createLights(link: Pick<BoardLink, 'five' | 'fiveChanged'>): Lights & { close(): void } {
  return new FiveLights(link);
}

class FiveLights implements Lights {
  private rgb: FiveRgb | null = null;
  private colour: Colour | null = null;
  private readonly link: Pick<BoardLink, 'five' | 'fiveChanged'>;
  private readonly unsubscribe: Unsubscribe;

  constructor(link: Pick<BoardLink, 'five' | 'fiveChanged'>) {
    this.link = link;
    this.unsubscribe = link.fiveChanged.on((board) => this.use(board));
    this.use(link.five);
  }

  set(colour: Colour): void {
    this.colour = colour;
    this.rgb?.color(colour);
  }

  close(): void {
    this.unsubscribe();
    this.rgb = null;
  }

  private use(board: FiveBoard | null): void {
    this.rgb = null;
    if (!board) return;
    import('johnny-five/lib/led/rgb.js')
      .then(({ default: Rgb }) => {
        if (this.link.five !== board) return;
        this.rgb = new Rgb({ pins: lightPins, board, debug: false });
        if (this.colour) this.rgb.color(this.colour);
      })
      // A board that vanished meanwhile: the next one brings new lights.
      .catch(() => {});
  }
}

function pinOf(name: string): number {
  const found = pins.find((pin) => pin.name === name);
  if (!found) throw new TypeError(`the pin map has no ${name}`);
  return found.arduinoPin;
}

const lightPins = { red: pinOf('lightRed'), green: pinOf('lightGreen'), blue: pinOf('lightBlue') };
