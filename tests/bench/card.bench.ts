import { fileIds } from '../../simulators/cards/applet/files.ts';
import { issueCard } from '../../simulators/cards/applet/issue-card.ts';
import { inventedPeople } from '../../simulators/cards/applet/person.ts';
import { drawPortrait } from '../../simulators/cards/applet/portrait.ts';
import { TestIssuer } from '../../simulators/cards/applet/test-issuer.ts';
import type { VirtualCard } from '../../simulators/cards/applet/virtual-card.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { Bench, Figure } from './bench.ts';
import { type MeasuredRead, measureRead } from './card/measured-read.ts';
import { bytesMs, frameBytes } from './card/wire.ts';
import { machineConditions, quantile } from './measure.ts';

const seed = 5;
const reads = 40;
const goalMs = 120;

/** What carries APDUs of that length: the PN532, whose exchange holds 262 bytes; any PC/SC reader. */
const readers = [
  { name: 'short APDUs (PN532)', longest: { commandBytes: 261, responseBytes: 258 } },
  { name: 'extended APDUs (PC/SC)', longest: { commandBytes: 2048, responseBytes: 2048 } },
];

/** DG1, DG2, DG13, DG14, DG15 by file identifier. */
const neededGroups = [0x0101, 0x0102, 0x010d, 0x010e, 0x010f];
/** Points, nonce and tokens of PACE; the point of chip authentication; challenge and signature of active authentication (RSA 1024). */
const proofBytes = 4 * 65 + 16 + 2 * 8 + 65 + 8 + 128;

/** What has to cross in any case: the files and the numbers that prove, without any header, checksum or pause. */
function necessaryBytes(card: VirtualCard): number {
  const lengths = card.fileLengths();
  const files = [fileIds.cardAccess, fileIds.sod, ...neededGroups];
  return files.reduce((sum, id) => sum + (lengths.get(id) ?? 0), proofBytes);
}

function figuresOf(name: string, runs: readonly MeasuredRead[], necessaryMs: number): Figure[] {
  const [first] = runs;
  const warm = runs.slice(1).map(({ hostCpuMs }) => hostCpuMs);
  if (first === undefined) return [];
  const told = (what: string, value: number, unit: string): Figure => ({ name: `${name}: ${what}`, value, unit, goal: null });
  return [
    told('APDUs', first.apdus, ''),
    told('sent', first.sentBytes, 'bytes'),
    told('received', first.receivedBytes, 'bytes'),
    { ...told('host CPU, p50', quantile(warm, 0.5), 'ms'), goal: { op: '<=', value: goalMs } },
    told('host CPU, p95', quantile(warm, 0.95), 'ms'),
    told(
      'simulated card CPU, p50 (not in the host)',
      quantile(
        runs.slice(1).map(({ cardCpuMs }) => cardCpuMs),
        0.5,
      ),
      'ms',
    ),
    told('wire time at 106 kbit/s', first.wireMs, 'ms'),
    told('wire time to the necessary minimum', first.wireMs / necessaryMs, 'times'),
  ];
}

const bench: Bench = {
  name: 'card',
  async run() {
    const random = new SeededRandom(seed);
    const issuer = new TestIssuer({ random });
    const person = inventedPeople.sample;
    const portrait = drawPortrait(random);
    const card = issueCard({ person, variant: '2024', issuer, portrait, random });
    const minimum = necessaryBytes(card);
    const figures: Figure[] = [];
    for (const { name, longest } of readers) {
      const runs: MeasuredRead[] = [];
      for (let run = 0; run < reads; run++) runs.push(await measureRead({ card, issuer, can: person.idNumber.slice(-6), longest }));
      figures.push(...figuresOf(name, runs, bytesMs(minimum)));
      const [first] = runs;
      if (first && name === readers[0]?.name) {
        figures.push({ name: `${name}: host CPU, first read of the process`, value: first.hostCpuMs, unit: 'ms', goal: null });
      }
    }
    return {
      conditions: {
        ...machineConditions(),
        seed,
        reads: `${reads} for each reader, one process; the first of each apart. Before the first read the card was issued, which warms what both sides share`,
        card: `virtual, 2024; portrait ${portrait.bytes.length} bytes; PACE, chip and active authentication, EF.SOD up to the authority`,
        'host CPU': 'user and system time of the process, all threads, less that spent in the virtual card; no reader driver',
        wire: `ISO 14443-4 type A, frames of ${frameBytes} bytes, blocks acknowledged, shortest pauses; without the chip's own time`,
        'necessary minimum': `${minimum} bytes (files and the numbers that prove) at 106 kbit/s = ${Math.round(bytesMs(minimum))} ms; no headers, no secure messaging, no pauses`,
      },
      figures,
    };
  },
};
export default bench;
