/** `run.ts [--cuts 10000] [--seed 1] [--synchronous full|normal]`: simulated power cuts; exit 1 where anything acknowledged was lost. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    cuts: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    synchronous: { type: 'string', default: 'full' },
  },
});
const options = z
  .object({ cuts: z.coerce.number().int().positive(), seed: z.coerce.number().int(), synchronous: z.enum(['full', 'normal']) })
  .parse(values);
const tally = await campaign({ ...options, progress: ({ cuts, lost }) => process.stderr.write(`\r${cuts} cuts, ${lost} lost `) });
const { broken, ...figures } = tally;
process.stderr.write('\n');
for (const line of broken.slice(0, 20)) console.log(line);
console.log(JSON.stringify({ ...options, ...figures, broken: broken.length }));
process.exitCode = tally.lost === 0 && broken.length === 0 ? 0 : 1;
