import { limits } from '../limits.ts';
import { notice } from './names.ts';

/** safety/generated/limits.h. */
export function limitsHeader(): string {
  const lines = limits.map(
    ({ name, value, signed, unit, source }) => `/* ${source}. [${unit}] */\n#define ${name} ${value}${signed ? '' : 'u'}\n`,
  );
  return `/* ${notice} */
#ifndef LETAN_SAFETY_GENERATED_LIMITS_H
#define LETAN_SAFETY_GENERATED_LIMITS_H

${lines.join('')}
#endif
`;
}
