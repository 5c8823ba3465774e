/** `npm run fuzz [-- <runs> [<seed>]]`: fuzzes the link for longer and keeps new inputs in the corpus. */
import { fuzz } from './fuzzer.ts';

const [runs = '5000000', seed = '1'] = process.argv.slice(2);
const result = fuzz({ runs: Number(runs), seed: Number(seed), grow: true });
console.log(result.finding ?? `${result.runs} inputs, nothing found`);
process.exitCode = result.finding === null ? 0 : 1;
