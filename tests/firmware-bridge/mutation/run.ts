/** `npm run mutate [-- <file>]`: every mutant of safety/ against tests and proof; prints the survivors and ends with 1 if there are any. */
import { mutationGate } from './gate.ts';

const [only] = process.argv.slice(2);
const startedMs = performance.now();
const result = await mutationGate({
  ...(only === undefined ? {} : { only }),
  onProgress: (done, of) => {
    if (process.stderr.isTTY && done % 10 === 0) process.stderr.write(`\r${done}/${of} `);
  },
});
for (const { file, mutant } of result.survivors) {
  console.log(`${file}:${mutant.line} ${mutant.where}\n  ${mutant.text}\n  ${mutant.change}`);
}
for (const { file, where, change } of result.stale) console.log(`equivalent.json lists what is killed or gone: ${file} ${where} ${change}`);
const { mutants, killed, equivalent, survivors, stale } = result;
const seconds = Math.round((performance.now() - startedMs) / 1000);
console.log(`${mutants} mutants: ${killed} killed, ${equivalent} equivalent, ${survivors.length} survived (${seconds} s)`);
process.exitCode = survivors.length + stale.length > 0 ? 1 : 0;
