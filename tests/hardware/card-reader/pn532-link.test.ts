import { expect, it } from 'vitest';
import { encodeFrame } from '../../../hardware/card-reader/pn532.ts';
import { Pn532Link } from '../../../hardware/card-reader/pn532-link.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { MemoryLine } from './bench-reader.ts';

const exchange = Uint8Array.of(0x40, 0x01, 0x00);
const answer = (...data: number[]) => encodeFrame({ kind: 'information', towards: 'host', data: Uint8Array.of(0x41, 0x00, ...data) });
const ack = encodeFrame({ kind: 'ack' });

it('an answer that comes twice does not pass for that of the next command', async () => {
  const clock = new SimulatedClock();
  const line = new MemoryLine(clock);
  line.plug();
  const link = new Pn532Link(line, clock);
  const first = link.request(exchange, 1000);
  line.received.emit(Uint8Array.from([...ack, ...answer(1)]));
  expect(await first).toEqual({ kind: 'answered', data: Uint8Array.of(0x41, 0x00, 1) });
  const second = link.request(exchange, 1000);
  line.received.emit(answer(1));
  expect(link.strayFrames).toBe(1);
  line.received.emit(Uint8Array.from([...ack, ...answer(2)]));
  expect(await second).toEqual({ kind: 'answered', data: Uint8Array.of(0x41, 0x00, 2) });
});

it('an answer whose acknowledgement was lost still counts', async () => {
  const clock = new SimulatedClock();
  const line = new MemoryLine(clock);
  line.plug();
  const link = new Pn532Link(line, clock);
  const only = link.request(exchange, 1000);
  line.received.emit(answer(7));
  expect(await only).toMatchObject({ kind: 'answered' });
});
