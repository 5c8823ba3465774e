// The packages bring no types. Only what the house uses is declared, checked against firmata-io 2.3.0 and johnny-five 2.1.0.

declare module 'firmata-io' {
  import type { EventEmitter } from 'node:events';
  export interface Firmata extends EventEmitter {
    readonly isReady: boolean;
    readonly firmware: { name: string; version: { major: number; minor: number } };
    /** Timer of the first version query. */
    readonly reportVersionTimeoutId: NodeJS.Timeout;
    reportVersion(done: () => void): void;
    queryFirmware(done: () => void): void;
  }
  const exports: { Firmata: new (transport: EventEmitter, options?: { reportVersionTimeout?: number }) => Firmata };
  export default exports;
}

declare module 'johnny-five/lib/board.js' {
  import type { EventEmitter } from 'node:events';
  import type { Firmata } from 'firmata-io';
  export interface FiveBoard extends EventEmitter {
    readonly io: Firmata;
    readonly isReady: boolean;
    readonly pins: { readonly length: number };
    /** Complains after 10 s without `ready`. */
    readonly timer: NodeJS.Timeout | null;
    /** Every component made on this board. */
    readonly register: { board: FiveBoard | null; io: Firmata | null }[];
  }
  const Board: {
    new (options: { io: Firmata; repl: false; debug: false; sigint: false }): FiveBoard;
    /** Every board ever made; the real array. */
    readonly cache: FiveBoard[];
    readonly Pins: { normalize: { clear(): void } };
  };
  export default Board;
}

declare module 'johnny-five/lib/led/led.js' {
  import type { FiveBoard } from 'johnny-five/lib/board.js';

  interface FiveLed {
    on(): FiveLed;
    off(): FiveLed;
  }
  const Led: new (options: { pin: number; board: FiveBoard }) => FiveLed;
  export default Led;
}

declare module 'johnny-five/lib/led/rgb.js' {
  import type { FiveBoard } from 'johnny-five/lib/board.js';
  export interface FiveRgb {
    color(colour: { red: number; green: number; blue: number }): FiveRgb;
  }
  const Rgb: new (options: { pins: { red: number; green: number; blue: number }; board: FiveBoard; debug: false }) => FiveRgb;
  export default Rgb;
}
