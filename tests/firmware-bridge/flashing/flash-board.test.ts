import { describe, expect, it } from 'vitest';
import { type CheckedImage, flashBoard } from '../../../firmware-bridge/flashing/flash-board.ts';
import { encodeStkFrame } from '../../../firmware-bridge/flashing/stk500.ts';
import { encodeFrame } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { identity } from '../host/fake-board.ts';
import { BootBoard, bootableFlash, noise } from './boot-board.ts';
import { FakeLine } from './fake-line.ts';

const image: CheckedImage = {
  bytes: noise(300),
  signedBy: null,
  manifest: {
    version: `${identity.firmwareMajor}.${identity.firmwareMinor}.${identity.firmwarePatch}`,
    protocolVersion: `${identity.protocolMajor}.${identity.protocolMinor}`,
    dictionaryHash: identity.dictionaryHash.toString(16).padStart(8, '0'),
    board: 'atmega2560',
    deviceSignature: '1E9801',
    file: 'fw.hex',
    sha256: '0'.repeat(64),
  },
};

interface Settled {
  error: unknown;
  asked: number;
}

/** Flashes with simulated time until it settles. */
async function attempt(line: FakeLine, flashed: CheckedImage = image): Promise<Settled> {
  const clock = new SimulatedClock();
  let settled: Settled | null = null;
  let asked = 0;
  const options = { line, clock, image: flashed, firmwareBaudRate: 250_000, report: () => {}, askForReset: () => (asked += 1) };
  flashBoard(options).then(
    () => (settled = { error: null, asked }),
    (error: unknown) => (settled = { error, asked }),
  );
  while (!settled) await clock.advanceAsync(50, 10);
  return settled;
}

/** A boot loader on paper: says OK to everything, remembers pages; `stop` ends it before it answers an order. */
function paperBootLoader({ signature = [0x1e, 0x98, 0x01], stop = -1 } = {}) {
  const line = new FakeLine();
  const flash = new Uint8Array(1024).fill(0xff);
  let address = 0;
  let orders = 0;
  line.answer = (frame) => {
    const body = frame.subarray(5, -1);
    const reply = (...bytes: number[]) => encodeStkFrame({ seq: frame[1] ?? 0, body: Uint8Array.from([body[0] ?? 0, 0, ...bytes]) });
    orders += 1;
    if (orders === stop) {
      line.closed.emit();
      return null;
    }
    const length = ((body[1] ?? 0) << 8) | (body[2] ?? 0);
    switch (body[0]) {
      case 0x06:
        address = (((body[3] ?? 0) << 8) | (body[4] ?? 0)) * 2;
        return reply();
      case 0x13:
        flash.fill(0xff, address, address + 256);
        flash.set(body.subarray(10), address);
        address += length;
        return reply();
      case 0x14: {
        const read = flash.subarray(address, address + length);
        address += length;
        return reply(...read, 0);
      }
      case 0x1b:
        return reply(signature[body[4] ?? 0] ?? 0, 0);
      case 0x11:
        line.answer = () => null;
        return reply();
      default:
        return reply();
    }
  };
  return { line, flash };
}

/** What the firmware says once the boot loader is left. */
function thenFirmware(line: FakeLine, said: typeof identity | null): void {
  const bootLoader = line.answer;
  line.answer = (frame) => {
    const reply = bootLoader(frame);
    if (frame[5] === 0x11 && said) line.answer = () => encodeFrame(said, 0);
    return reply;
  };
}

describe('flashing a board', () => {
  it('resets it, writes, leaves, and hears the firmware introduce itself at its own speed', async () => {
    const { line, flash } = paperBootLoader();
    thenFirmware(line, identity);
    const { error, asked } = await attempt(line);
    expect(error).toBeNull();
    expect([line.resets, line.baudRates, asked]).toEqual([1, [250_000], 0]);
    expect(Buffer.compare(flash.subarray(0, 300), image.bytes)).toBe(0);
  });

  it('with another signature writes nothing and names both', async () => {
    const { line, flash } = paperBootLoader({ signature: [0x1e, 0x97, 0x03] });
    const { error } = await attempt(line);
    expect(error).toMatchObject({
      code: 'FLASH_WRONG_BOARD',
      detail: expect.stringMatching(/has signature 1E9703, the image is for atmega2560 \(1E9801\); nothing was written/),
    });
    expect(flash.every((byte) => byte === 0xff)).toBe(true);
  });

  it('that does not answer asks for its reset button, and gives up after a while', async () => {
    const { error, asked } = await attempt(new FakeLine());
    expect(asked).toBe(1);
    expect(error).toMatchObject({
      code: 'FLASH_NO_BOOT_LOADER',
      detail: expect.stringContaining('no boot loader answers on /dev/ttyTEST'),
    });
  });

  it('whose button is pressed when asked goes on', async () => {
    const { line } = paperBootLoader();
    thenFirmware(line, identity);
    const awake = line.answer;
    let calls = 0;
    line.answer = (frame) => {
      calls += 1;
      if (calls < 30) return null; // 2 s of one call each 250 ms, and some more
      line.answer = awake;
      return awake(frame);
    };
    expect(await attempt(line)).toEqual({ error: null, asked: 1 });
  });

  it('unplugged before anything was written says so', async () => {
    const { line } = paperBootLoader({ stop: 3 });
    const { error } = await attempt(line);
    expect(error).toMatchObject({ code: 'FLASH_LINK_LOST', detail: expect.stringContaining('before anything was written') });
  });

  it('that stays silent afterwards is told from one that was never written', async () => {
    const { line } = paperBootLoader();
    const { error } = await attempt(line);
    expect(error).toMatchObject({ code: 'FLASH_NOT_RUNNING', detail: expect.stringContaining('said nothing within 5 s') });
  });

  it('that answers with an older protocol is a mismatch', async () => {
    const { line } = paperBootLoader();
    thenFirmware(line, { ...identity, protocolMajor: 1 });
    const { error } = await attempt(line);
    expect(error).toMatchObject({
      code: 'BOARD_PROTOCOL_MISMATCH',
      detail: expect.stringContaining('speaks protocol 1.0, this host speaks 2.0'),
    });
  });

  it('that answers as another firmware than was flashed is told', async () => {
    const { line } = paperBootLoader();
    thenFirmware(line, { ...identity, firmwarePatch: identity.firmwarePatch + 1 });
    const { error } = await attempt(line);
    expect(error).toMatchObject({ code: 'FLASH_NOT_RUNNING', detail: expect.stringMatching(/was flashed, yet the board answers as/) });
  });
});

it('a wrong board is told by the real boot loader as well', async () => {
  const board = new BootBoard(bootableFlash());
  const forUno = { ...image, manifest: { ...image.manifest, board: 'atmega328p', deviceSignature: '1e950f' } };
  const options = { line: board, clock: board.clock, image: forUno, firmwareBaudRate: 250_000, report: () => {}, askForReset: () => {} };
  await expect(board.until(flashBoard(options))).rejects.toMatchObject({
    code: 'FLASH_WRONG_BOARD',
    detail: expect.stringContaining('has signature 1E9801, the image is for atmega328p (1e950f)'),
  });
});
