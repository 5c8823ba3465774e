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
    /** By Arduino pin, as the board answered the capability query. */
    readonly pins: readonly { readonly supportedModes: readonly number[] }[];
    /** How often analogue pins are reported, ms. */
    setSamplingInterval(ms: number): void;
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
    /** `pin`: Arduino pin; for the analogue mode the channel. `mode`: Firmata's number. */
    pinMode(pin: number, mode: number): void;
    /** Pulse width of an Arduino pin, 0-255. */
    analogWrite(pin: number, value: number): void;
    /** Channel 0-15; `heard` gets 0-1023 at every sample until the board is detached. */
    analogRead(channel: number, heard: (raw: number) => void): void;
    /** `heard` gets 0 or 1, once and at every change. */
    digitalRead(pin: number, heard: (level: number) => void): void;
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

declare module 'johnny-five/lib/servo.js' {
  import type { FiveBoard } from 'johnny-five/lib/board.js';
  export interface FiveServo {
    /** Degrees, at once; kept within the range. */
    to(degrees: number): FiveServo;
  }
  const Servo: new (options: {
    pin: number;
    board: FiveBoard;
    /** Pulse lengths at 0 and 180 degrees, microseconds. */
    pwmRange: [number, number];
    range: [number, number];
    startAt: number;
  }) => FiveServo;
  export default Servo;
}
