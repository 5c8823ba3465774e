/** What one printer model can do. Sizes in dots; 203 dpi is 8 dots per mm. */
export interface PrinterProfile {
  name: PrinterProfileName;
  widthDots: 576 | 384;
  dotsPerMm: 8;
  /** Cells of the resident fonts, dots. */
  fontA: { widthDots: 12; heightDots: 24 };
  fontB: { widthDots: 9; heightDots: 17 };
  /**
   * How the printer says that what was sent is on paper. `processId`: GS ( H, answered with the id after the printing before it.
   * `paperStatus`: GS r 1, worked off in its turn and not answered while the paper is out; it carries no id, so answers are counted,
   * and a ticket counts only after a fresh status shows no fault. A clone that answers when it has read the command instead of when
   * it has printed is up to {@link windowDots} early: look for that when a new model is tried.
   */
  confirmation: 'processId' | 'paperStatus';
  /**
   * How a failed job is got out of the printer. `realTime`: DLE DC4 8 empties the buffers at once, paper or no paper. `drain`: there is
   * no such command. The printer is then never given more than {@link windowDots} ahead of its answers, a failed job is followed by
   * the word VOID and a cut, and nothing else is sent before the printer has answered that this too is on paper. So after a refill a
   * scrap of at most that height comes out, marked void and cut off, and never a whole ticket.
   */
  clearing: 'realTime' | 'drain';
  /** GS a: reports changes by itself. All are asked every 300 ms besides. */
  automaticStatus: boolean;
  /** GS ( D: the drawer pulse inside pictures can be switched off. Pictures are freed of its bytes anyway. */
  realTimePulseSwitch: boolean;
  /** QR symbols by the printer's own GS ( k, or as a picture at half resolution, printed doubled; `moduleDots` is then even. */
  qr: { by: 'printer' | 'raster'; moduleDots: number };
  /** `feedAndCut`: GS V 66 feeds to the blade itself. The others cut where the paper stands, after `feedDots` from head to blade. */
  cut: { by: 'feedAndCut' } | { by: 'GS V 1' | 'ESC m'; feedDots: number };
  /** Bytes under way without an answer: within the receive buffer of 4,096, since nothing holds the line back. */
  windowBytes: number;
  /** Paper under way without an answer, dots; a single line that is higher goes alone. Null: no limit of its own. */
  windowDots: number | null;
}

export const printerProfileNames = ['epson-80mm', 'epson-58mm', 'clone-80mm', 'clone-58mm'] as const;
export type PrinterProfileName = (typeof printerProfileNames)[number];

const common = {
  dotsPerMm: 8,
  fontA: { widthDots: 12, heightDots: 24 },
  fontB: { widthDots: 9, heightDots: 17 },
  windowBytes: 3500,
} as const;

const epson = {
  ...common,
  confirmation: 'processId',
  clearing: 'realTime',
  automaticStatus: true,
  realTimePulseSwitch: true,
  cut: { by: 'feedAndCut' },
  windowDots: null,
} as const;

/** The least that cheap ESC/POS printers have in common. */
const clone = {
  ...common,
  confirmation: 'paperStatus',
  clearing: 'drain',
  automaticStatus: false,
  realTimePulseSwitch: false,
  // Two bands, so that the next one is there when the first is printed; 12 mm.
  windowDots: 96,
} as const;

export const printerProfiles: Record<PrinterProfileName, PrinterProfile> = {
  'epson-80mm': { name: 'epson-80mm', widthDots: 576, qr: { by: 'printer', moduleDots: 7 }, ...epson },
  'epson-58mm': { name: 'epson-58mm', widthDots: 384, qr: { by: 'printer', moduleDots: 6 }, ...epson },
  'clone-80mm': { name: 'clone-80mm', widthDots: 576, qr: { by: 'raster', moduleDots: 8 }, cut: { by: 'GS V 1', feedDots: 110 }, ...clone },
  'clone-58mm': { name: 'clone-58mm', widthDots: 384, qr: { by: 'raster', moduleDots: 6 }, cut: { by: 'ESC m', feedDots: 110 }, ...clone },
};
