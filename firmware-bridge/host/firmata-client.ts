import { EventEmitter } from 'node:events';
import type { FiveBoard } from 'johnny-five/lib/board.js';
import type { Signal } from '../../src/core/signal.ts';

/** The part of a serial port that firmata-io uses, fed with the Firmata bytes of the link's own port. */
class ForwardedPort extends EventEmitter {
  readonly path: string;
  private readonly forward: (bytes: Uint8Array) => void;

  constructor(path: string, forward: (bytes: Uint8Array) => void) {
    super();
    this.path = path;
    this.forward = forward;
  }

  write(bytes: Uint8Array, done?: () => void): void {
    this.forward(bytes);
    done?.();
  }
}

/** johnny-five on one connection of the link. Made anew for every connection, because johnny-five knows no reconnect. */
export interface FirmataClient {
  readonly board: FiveBoard;
  /** Resolves when the pins are known; rejects with johnny-five's complaint after 10 s without them. */
  readonly ready: Promise<void>;
  /** Ends timers and takes the board out of johnny-five's caches, so that nothing keeps it alive. */
  detach(): void;
}

export interface FirmataLine {
  portName: string;
  /** Whole Firmata messages from the board. */
  received: Signal<Uint8Array>;
  write(bytes: Uint8Array): void;
}

/** Loads firmata-io and johnny-five (about 50 ms, 10 MB) and attaches them to the running connection. */
export async function attachFirmata(line: FirmataLine): Promise<FirmataClient> {
  const [{ default: firmataIo }, { default: Board }] = await Promise.all([import('firmata-io'), import('johnny-five/lib/board.js')]);
  const port = new ForwardedPort(line.portName, (bytes) => line.write(bytes));
  const io = new firmataIo.Firmata(port);
  const board = new Board({ io, repl: false, debug: false, sigint: false });
  const ready = new Promise<void>((resolve, reject) => {
    board.once('ready', resolve);
    board.once('error', reject);
  });
  // A later complaint has nobody to go to; the link itself watches the connection.
  board.on('error', () => {});
  const unsubscribe = line.received.on((bytes) => void port.emit('data', bytes));
  // johnny-five must exist before its port opens, or `ready` never comes. The board may have announced itself long ago, so it is asked.
  port.emit('open');
  io.reportVersion(() => io.queryFirmware(() => {}));
  return {
    board,
    ready,
    detach() {
      unsubscribe();
      clearTimeout(io.reportVersionTimeoutId);
      if (board.timer) clearTimeout(board.timer);
      port.removeAllListeners();
      io.removeAllListeners();
      board.removeAllListeners();
      forget(Board, board);
    },
  };
}

/** johnny-five keeps boards, pin normalizers and components in module-wide tables; components there stay, emptied. */
function forget(Board: typeof import('johnny-five/lib/board.js')['default'], board: FiveBoard): void {
  const index = Board.cache.indexOf(board);
  if (index >= 0) Board.cache.splice(index, 1);
  Board.Pins.normalize.clear();
  for (const component of board.register) {
    component.board = null;
    component.io = null;
  }
}
