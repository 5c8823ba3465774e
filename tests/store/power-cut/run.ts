import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type CampaignOptions, campaign } from './campaign.ts';
import { queueServerSubject } from './queue-server-subject.ts';
import { storeSubject } from './store-subject.ts';

const usage = `npm run power-cut -- [--of store|queue-server] [--cuts 10000] [--seed 1] [--synchronous full|normal]
Simulated power cuts of the robot's store or of the reference queue server's database; exit code 1 where anything acknowledged was lost.`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    help: { type: 'boolean', default: false },
    of: { type: 'string', default: 'store' },
    cuts: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    synchronous: { type: 'string', default: 'full' },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const options = z
  .object({
    of: z.enum(['store', 'queue-server']),
    cuts: z.coerce.number().int().positive(),
    seed: z.coerce.number().int(),
    synchronous: z.enum(['full', 'normal']),
  })
  .parse(values);
const { of, ...campaignOptions } = options;
const told: CampaignOptions = { ...campaignOptions, progress: ({ cuts, lost }) => process.stderr.write(`\r${cuts} cuts, ${lost} lost `) };
const tally = of === 'store' ? await campaign(storeSubject, told) : await campaign(queueServerSubject, told);
const { broken, ...figures } = tally;
process.stderr.write('\n');
for (const line of broken.slice(0, 20)) console.log(line);
console.log(JSON.stringify({ ...options, ...figures, broken: broken.length }));
process.exitCode = tally.lost === 0 && broken.length === 0 ? 0 : 1;
