/** The robot's end of the line, whatever carries it. A serial scanner only talks. */
export interface ScannerTransport {
  write(bytes: Uint8Array): unknown;
}

export interface ScannerSimulatorOptions {
  transport: ScannerTransport;
  /** What the unit is set up to send after a code. */
  suffix?: '\r' | '\n' | '\r\n';
  /** Sends the AIM symbology identifier `]Q1` first, as many units do out of the box. */
  aimPrefix?: boolean;
}

/** A hand-held serial code scanner: somebody holds a code before it. */
export class ScannerSimulator {
  private readonly options: ScannerSimulatorOptions;
  constructor(options: ScannerSimulatorOptions) {
    this.options = options;
  }
  /** Reads `text` as if it were a QR code in view. */
  scan(text: string): void {
    const { transport, suffix = '\r', aimPrefix = false } = this.options;
    transport.write(new TextEncoder().encode(`${aimPrefix ? ']Q1' : ''}${text}${suffix}`));
  }
}
