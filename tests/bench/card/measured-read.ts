import { X509Certificate } from 'node:crypto';
import type { Exchange, PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import type { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import type { VirtualCard } from '../../../simulators/cards/applet/virtual-card.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { readChip } from '../../../src/identity/chip/read-chip.ts';
import { exchangeMs } from './wire.ts';

export interface MeasuredRead {
  apdus: number;
  sentBytes: number;
  receivedBytes: number;
  /** Processor time of the host's side, the card's taken out, ms. */
  hostCpuMs: number;
  cardCpuMs: number;
  /** On the air at 106 kbit/s, ms. */
  wireMs: number;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Everything that is asked of one read. */
export interface ReadTask {
  card: VirtualCard;
  issuer: TestIssuer;
  can: string;
  longest: PresentCard['longest'];
}

/** Reads a card whole: data, portrait, all checks. Throws unless it comes out genuine. */
export async function measureRead({ card, issuer, can, longest }: ReadTask): Promise<MeasuredRead> {
  let cardCpuMs = 0;
  let wireMs = 0;
  const present: PresentCard = {
    longest,
    transceive(command): Promise<Exchange> {
      const startMs = cpuMs();
      const response = card.process(command);
      cardCpuMs += cpuMs() - startMs;
      wireMs += exchangeMs(command.length, response.length);
      return Promise.resolve({ kind: 'answered', response });
    },
  };
  const csca = { certificates: [new X509Certificate(issuer.cscaCertificate)] };
  card.powerOn();
  const startMs = cpuMs();
  const reading = await readChip(present, { key: { kind: 'can', can }, portrait: true, csca, clock: new SystemClock() });
  const totalMs = cpuMs() - startMs;
  if (reading.kind === 'failed') throw new Error(`the card was not read: ${reading.failure}`);
  if (reading.verdict !== 'genuine' || reading.portrait === null) throw new Error(`the read is not whole: ${reading.verdict}`);
  return { ...reading.cost, hostCpuMs: totalMs - cardCpuMs, cardCpuMs, wireMs };
}
