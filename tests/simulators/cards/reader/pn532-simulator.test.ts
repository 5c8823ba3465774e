import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFrame, HostReceiver } from '../../../../simulators/cards/reader/pn532-frames.ts';
import { Pn532Simulator } from '../../../../simulators/cards/reader/pn532-simulator.ts';
import { SimulatedClock } from '../../../../src/core/clock.ts';
import { SeededRandom } from '../../../../src/core/random.ts';
import { EchoCard } from '../../../hardware/card-reader/bench-reader.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const ack = '0000ff00ff00';

/** A simulated PN532 whose line the test holds in its hand; everything sent and said as hexadecimal digits. */
function setUp() {
  const clock = new SimulatedClock();
  let listener: (data: Uint8Array) => void = () => {};
  let heard = '';
  const transport = {
    onData: (taken: (data: Uint8Array) => void) => {
      listener = taken;
    },
    write: (data: Uint8Array) => {
      heard += hex(data);
    },
    plug() {},
    unplug() {},
  };
  const simulator = new Pn532Simulator({ transport, clock, random: new SeededRandom(3) });
  const ask = async (sent: string) => {
    heard = '';
    listener(bytes(sent));
    await clock.advanceAsync(300);
    return heard;
  };
  return { clock, simulator, ask };
}

describe('a simulated PN532', () => {
  it('sleeps until it is woken, and obeys little before SAMConfiguration', async () => {
    const { simulator, ask } = setUp();
    simulator.plug();
    expect(await ask('0000ff02fed4022a00')).toBe('');
    expect(await ask(`5555${'00'.repeat(14)} 0000ff02fed4022a00`)).toBe(`${ack}0000ff06fad50332010607e800`);
    expect(await ask('0000ff04fcd44a0100e100')).toBe(`${ack}0000ff01ff7f8100`);
    expect(await ask('0000ff05fbd4140100001700')).toBe(`${ack}0000ff02fed5151600`);
    expect(await ask('0000ff04fcd44a0100e100')).toBe(`${ack}0000ff03fdd54b00e000`);
  });

  it('forgets everything with its power', async () => {
    const { simulator, ask } = setUp();
    simulator.plug();
    await ask('55 0000ff05fbd4140100001700');
    simulator.unplug();
    expect(await ask('0000ff02fed4022a00')).toBe('');
    simulator.plug();
    expect(await ask('0000ff02fed4022a00')).toBe('');
  });

  it('is silent about a frame with a wrong checksum, repeats its answer at a NACK, stops at an ACK', async () => {
    const { simulator, ask } = setUp();
    simulator.plug();
    await ask('55 0000ff05fbd4140100001700');
    expect(await ask('0000ff02fed4022b00')).toBe('');
    const answer = (await ask('0000ff02fed4022a00')).slice(ack.length);
    expect(await ask('0000ffff0000')).toBe(answer);
    expect(await ask(`0000ff02fed4022a00 ${ack}`)).toBe(ack);
  });

  it('activates a card by RATS only when told to', async () => {
    const { simulator, ask } = setUp();
    simulator.plug();
    simulator.put({ kind: 'chip', type: 'A', card: new EchoCard() });
    await ask('55 0000ff05fbd4140100001700');
    const poll = '0000ff04fcd44a0100e100';
    expect(await ask(poll)).toContain('d54b00');
    await ask('0000ff03fdd412140600');
    expect(await ask(poll)).toContain('d54b01010008');
  });

  it('takes any garbage and obeys the next command', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (garbage) => {
        const { simulator, ask } = setUp();
        simulator.plug();
        await ask('55 0000ff05fbd4140100001700');
        // Zeros end whatever frame the garbage has begun.
        await ask(`${hex(garbage)}${'00'.repeat(300)}`);
        expect(await ask('0000ff02fed4022a00')).toContain('d503320106');
      }),
      { numRuns: 20 },
    );
  });
});

describe('its frames', () => {
  it('extended from 254 bytes of data after the code on', () => {
    expect(hex(answerFrame(0x03, bytes('32010607')))).toBe('0000ff06fad50332010607e800');
    expect(hex(answerFrame(0x41, new Uint8Array(253))).slice(0, 10)).toBe('0000ffff01');
    expect(hex(answerFrame(0x41, new Uint8Array(254))).slice(0, 16)).toBe('0000ffffff0100ff');
  });

  it('take a command of 265 bytes, in single bytes too, and none of 266', () => {
    const command = (length: number) => {
      const body = [0xd4, ...new Array<number>(length - 1).fill(0x11)];
      const check = (0x10000 - body.reduce((total, value) => total + value, 0)) & 0xff;
      return [0, 0, 0xff, 0xff, 0xff, length >> 8, length & 0xff, (0x200 - (length >> 8) - (length & 0xff)) & 0xff, ...body, check, 0];
    };
    const receiver = new HostReceiver();
    const got = command(265).flatMap((value) => receiver.push(Uint8Array.of(value)));
    expect(got).toEqual([{ kind: 'command', data: new Uint8Array(264).fill(0x11) }]);
    expect(new HostReceiver().push(Uint8Array.from(command(266)))).toEqual([]);
  });
});
