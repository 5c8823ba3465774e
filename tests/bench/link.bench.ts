import { SeededRandom } from '../../src/core/random.ts';
import type { Bench } from './bench.ts';
import { firmwareImage } from './firmware-image.ts';
import { Flood, roundTripsMs } from './link/flood.ts';
import { machineConditions, quantile } from './measure.ts';

const framesAsked = 1_000_000;
/** On top, without a pause between frames: told for information. */
const fullRateShare = 0.05;
const commands = 5000;
const seed = 20;

const bench: Bench = {
  name: 'link',
  async run({ frames, hex }) {
    const { flash, name } = firmwareImage(hex);
    const count = frames ?? framesAsked;
    const flood = new Flood(flash, new SeededRandom(seed)).run(count, 0.8);
    const full = new Flood(flash, new SeededRandom(seed + 1)).run(Math.round(count * fullRateShare), 1);
    const times = roundTripsMs(flash, new SeededRandom(seed + 2), commands);
    const zero = { op: '<=', value: 0 } as const;
    return {
      conditions: {
        ...machineConditions(),
        firmware: `${name}; in the emulator, no part of it on the host`,
        line: '250000 baud, host to part at 80 % of its rate; acknowledgements and states on the way back',
        valid: flood.valid,
        damaged: Object.entries(flood.damaged)
          .map(([kind, number]) => `${kind} ${number}`)
          .join(', '),
        seed,
        'lost and accepted': 'each acknowledgement is held against the frames sent: in order, by sequence number and id',
        'round trip': `${commands} drive commands, first start bit to last stop bit of the ack, random phases, heartbeats and states beside them`,
      },
      figures: [
        { name: 'valid frames lost at 80 %', value: flood.lost, unit: 'frames', goal: zero },
        { name: 'damaged frames accepted', value: flood.accepted, unit: 'frames', goal: zero },
        { name: 'lost right after a damaged one', value: flood.lostAfterDamage, unit: 'frames', goal: zero },
        { name: 'characters lost by the receiver', value: flood.overruns, unit: '', goal: zero },
        { name: 'load meanwhile', value: flood.load * 100, unit: '%', goal: null },
        { name: 'valid frames lost at 100 %', value: full.lost, unit: `frames of ${full.valid}`, goal: null },
        { name: 'command -> ack, p50', value: quantile(times, 0.5), unit: 'ms', goal: { op: '<=', value: 3 } },
        { name: 'command -> ack, p99', value: quantile(times, 0.99), unit: 'ms', goal: { op: '<=', value: 8 } },
        { name: 'command -> ack, worst', value: quantile(times, 1), unit: 'ms', goal: null },
      ],
    };
  },
};
export default bench;
