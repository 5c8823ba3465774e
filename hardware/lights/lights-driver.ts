import type { FiveBoard } from 'johnny-five/lib/board.js';
import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { pins } from '../../firmware-bridge/protocol/pins.ts';
import type { Unsubscribe } from '../../src/core/signal.ts';
import type { Lights } from './lights.ts';
import type { Colour } from './moods.ts';

/** Firmata's number of the mode in which a pin takes a pulse width. */
const pulseWidthMode = 3;

/** The mood light through johnny-five. A colour set while the board is away shows when it is back. */
export function createLights(link: Pick<BoardLink, 'five' | 'fiveChanged'>): Lights & { close(): void } {
  return new FiveLights(link);
}

/** On bare pins: johnny-five keeps every RGB component that was ever made, 2 kB for each connection. */
class FiveLights implements Lights {
  private board: FiveBoard | null = null;
  private colour: Colour | null = null;
  private readonly unsubscribe: Unsubscribe;

  constructor(link: Pick<BoardLink, 'five' | 'fiveChanged'>) {
    this.unsubscribe = link.fiveChanged.on((board) => this.use(board));
    this.use(link.five);
  }

  set(colour: Colour): void {
    this.colour = colour;
    this.show();
  }

  close(): void {
    this.unsubscribe();
    this.board = null;
  }

  private use(board: FiveBoard | null): void {
    this.board = board;
    for (const pin of Object.values(lightPins)) board?.pinMode(pin, pulseWidthMode);
    this.show();
  }

  private show(): void {
    const { board, colour } = this;
    if (!board || !colour) return;
    board.analogWrite(lightPins.red, colour.red);
    board.analogWrite(lightPins.green, colour.green);
    board.analogWrite(lightPins.blue, colour.blue);
  }
}

function pinOf(name: string): number {
  const found = pins.find((pin) => pin.name === name);
  if (!found) throw new TypeError(`the pin map has no ${name}`);
  return found.arduinoPin;
}

const lightPins = { red: pinOf('lightRed'), green: pinOf('lightGreen'), blue: pinOf('lightBlue') };
