import { afterAll, describe, expect, it } from 'vitest';
import { parseHex } from '../../../simulators/mega2560/hex.ts';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { type Compiled, compile } from './compile.ts';

const compiled: Compiled[] = [];
afterAll(() => {
  for (const one of compiled) one.remove();
});

function boot(name: string): { mega: Mega2560; said: number[] } {
  const program = compile(name);
  compiled.push(program);
  const mega = new Mega2560({ flash: parseHex(program.hex) });
  const said: number[] = [];
  mega.onHostByte((byte) => said.push(byte));
  return { mega, said };
}

describe('instruction timing', () => {
  it('takes the cycles of the data sheet where avr8js does not', () => {
    const { mega, said } = boot('cycles');
    mega.runFor(70);
    // nop 1, sbi 2, cbi 2, call+ret 5+5, rjmp 2, lds 2; sei 1 + nop 1 + (entry 5 + jmp 3 + reti 5) + cli 1.
    expect(said).toEqual([1, 2, 2, 12, 2, 16]);
  });
});

describe('the echo program', () => {
  it('echoes every byte of a saturated 250 kbaud line', () => {
    const { mega, said } = boot('echo');
    mega.runFor(100);
    const sent = Array.from({ length: 5000 }, (_, index) => (index * 31) & 0xff);
    mega.hostWrite(Uint8Array.from(sent));
    mega.runFor(250);
    expect(said).toEqual(sent);
    expect(mega.overruns(0)).toBe(0);
  });

  it('drives fast PWM at the duty its registers say, and shows its edges to who looks', () => {
    const { mega } = boot('echo');
    mega.runFor(100);
    expect(mega.pwmDuty('4A')).toBeCloseTo(200 / 800, 6);
    expect(mega.pwmDuty('4B')).toBeCloseTo(400 / 800, 6);
    const rises: number[] = [];
    let high = 0;
    mega.onOutput('H', 3, (level) => {
      if (level) rises.push(mega.cycles);
      else if (rises.length > 0) high += mega.cycles - (rises.at(-1) ?? 0);
    });
    mega.runFor(10);
    expect(rises.length).toBeGreaterThanOrEqual(199); // 20 kHz for 10 ms
    expect(rises.length).toBeLessThanOrEqual(201);
    expect(high / (rises.length * 800)).toBeCloseTo(0.25, 1);
  });

  it('sleeps when idle and keeps its 1 kHz tick meanwhile', () => {
    const { mega } = boot('echo');
    mega.runFor(65);
    let toggles = 0;
    mega.onOutput('B', 7, () => {
      toggles += 1;
    });
    const before = mega.sleepFraction * mega.cycles;
    mega.runFor(1000);
    expect(toggles).toBeGreaterThanOrEqual(998);
    expect(toggles).toBeLessThanOrEqual(1000);
    expect((mega.sleepFraction * mega.cycles - before) / 16e6).toBeGreaterThan(0.95);
  });

  it('wedged, it keeps driving its motor until the watchdog bites and releases it; then it starts again', () => {
    const { mega } = boot('echo');
    const causes: string[] = [];
    mega.onReset((cause) => causes.push(cause));
    mega.runFor(500);
    expect(causes).toEqual([]);
    mega.wedge();
    mega.setInput('D', 0, true);
    mega.runFor(200);
    expect(mega.pwmDuty('4A')).toBeCloseTo(0.25, 6); // nobody serves the stop switch
    mega.runFor(80); // 256 ms of watchdog, counted from its last reset
    expect(causes).toEqual(['watchdog']);
    expect(mega.pwmDuty('4A')).toBe(0);
    expect(mega.outputLevel('H', 3)).toBe(false);
    mega.setInput('D', 0, false);
    mega.runFor(100);
    expect(mega.pwmDuty('4A')).toBeCloseTo(0.25, 6);
  });

  it('does the same thing twice', () => {
    const trace = () => {
      const { mega, said } = boot('echo');
      mega.hostWrite(Uint8Array.of(1, 2, 3));
      mega.runFor(80);
      mega.hostWrite(Uint8Array.from({ length: 300 }, (_, index) => index & 0xff));
      for (let ms = 0; ms < 40; ms += 1) mega.runFor(1);
      return { said, cycles: mega.cycles, slept: mega.sleepFraction };
    };
    expect(trace()).toEqual(trace());
  });
});

describe('resets', () => {
  it('tell their cause, keep SRAM, release the legs and leave the world alone', () => {
    const { mega, said } = boot('resets');
    const levels: boolean[] = [];
    mega.onOutput('H', 3, (high) => levels.push(high));
    let worldRan = 0;
    mega.schedule(16_000 * 250, () => {
      worldRan += 1;
    });
    mega.runFor(150);
    expect(said).toEqual([0x01, 1]);
    expect(levels).toEqual([true]);
    mega.runFor(150); // bitten at about 190 ms, running again 65 ms later
    expect(levels).toEqual([true, false, true]);
    expect(said).toEqual([0x01, 1, 0x08, 2]);
    expect(worldRan).toBe(1);
    mega.reset('external');
    expect(mega.outputLevel('H', 3)).toBe(false);
    mega.runFor(70);
    expect(said.slice(4)).toEqual([0x02, 3]);
    mega.reset('brownOut');
    mega.runFor(70);
    expect(said.slice(6)).toEqual([0x04, 4]);
    mega.reset('powerOn');
    mega.runFor(70);
    expect(said.slice(8)).toEqual([0x01, 1]);
  });
});
