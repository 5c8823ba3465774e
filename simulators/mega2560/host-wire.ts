import { readSync } from 'node:fs';
import { isHungUp, isWouldBlock, Outbound } from '../pty/outbound.ts';
import type { Mega2560 } from './mega2560.ts';

const readChunk = 4096;
/** More than this waiting for the wire, and the program that writes is held back by its full terminal. */
const backlogLimit = 2048;
const outboundBound = 65_536;

/** USART0 <-> the master of a pseudo-terminal, polled. While no program has the port open, what the part says is lost. */
export class HostWire {
  bytesIn = 0;
  bytesOut = 0;
  private readonly mega: Mega2560;
  private readonly onOpened: () => void;
  private readonly outbound = new Outbound(outboundBound);
  private readonly buffer = Buffer.alloc(readChunk);
  private masterFd: number | null = null;
  private clientPresent = false;

  /** `onOpened` is called when a program opens the port. */
  constructor(mega: Mega2560, onOpened: () => void) {
    this.mega = mega;
    this.onOpened = onOpened;
    mega.onHostByte((byte) => {
      if (this.clientPresent) this.outbound.push(Uint8Array.of(byte));
    });
  }

  plug(masterFd: number): void {
    this.masterFd = masterFd;
  }

  unplug(): void {
    this.masterFd = null;
    this.leave();
  }

  /** Host -> part. */
  pull(): void {
    if (this.masterFd === null || this.mega.hostBacklog > backlogLimit) return;
    try {
      const count = readSync(this.masterFd, this.buffer);
      this.arrive();
      if (count === 0) return;
      this.bytesIn += count;
      this.mega.hostWrite(this.buffer.subarray(0, count));
    } catch (error) {
      if (isWouldBlock(error)) this.arrive();
      else if (isHungUp(error)) this.leave();
      else throw error;
    }
  }

  /** Part -> host. */
  push(): void {
    if (this.masterFd === null || this.outbound.isEmpty) return;
    this.bytesOut += this.outbound.flushInto(this.masterFd);
  }

  private arrive(): void {
    if (this.clientPresent) return;
    this.clientPresent = true;
    this.onOpened();
  }

  private leave(): void {
    this.clientPresent = false;
    this.outbound.clear();
  }
}
