import { limitOf, limits } from '../limits.ts';
import { safetyFunctions } from '../safety-functions.ts';
import { notice } from './names.ts';
import { table } from './table.ts';

const unitText = (unit: string): string =>
  unit === 'count' || unit === 'strength' ? '' : ` ${unit.replace('s2', 's²').replace('us', 'µs')}`;

/** Puts values in the place of `{NAME}`. */
function quoted(text: string): string {
  return text.replace(/\{([A-Z0-9_]+)\}/g, (_, name: string) => {
    const { value, unit } = limitOf(name);
    return `${value}${unitText(unit)}`;
  });
}

/** SAFETY.md. */
export function safetyDocument(): string {
  const rows = safetyFunctions.map(({ cause, stopCauses, reaction, category, release, worstCase }, index) => [
    String(index + 1),
    quoted(cause),
    stopCauses.map((name) => `\`${name}\``).join(', '),
    quoted(reaction),
    category,
    quoted(release),
    quoted(worstCase),
  ]);
  const limitRows = limits.map(({ name, value, unit, source }) => [`\`${name}\``, `${value}${unitText(unit)}`, source]);
  return `<!-- ${notice} -->
# What stops the robot

Everything here is done by the firmware alone, whatever the host says. Stop categories are those of IEC 60204-1: 0 takes the power off at
once, 1 brakes first. No safety certification is claimed, and nothing was measured on a real board.

${table([['', 'cause', 'reported as', 'reaction', 'category', 'released by', 'worst case'], ...rows])}
## Limits

${table([['limit', 'value', 'where it comes from'], ...limitRows])}`;
}
