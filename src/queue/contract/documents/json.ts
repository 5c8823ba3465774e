/** The formatter's line length. */
const lineWidth = 140;

const isScalar = (value: unknown) => typeof value !== 'object' || value === null;

/** JSON as the formatter leaves it: two spaces, lists of scalars on one line where they fit, keys without a value left out. */
export function prettyJson(value: unknown, indent = '', taken = 0): string {
  const deeper = `${indent}  `;
  if (isScalar(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (value.every(isScalar) && indent.length + taken + line.length <= lineWidth) return line;
    return `[\n${value.map((item) => deeper + prettyJson(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value ?? {}).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  // Quotes, colon and space round the key, and the comma of all but the last.
  const room = (key: string, index: number) => key.length + 4 + (index < entries.length - 1 ? 1 : 0);
  const lines = entries.map(([key, item], index) => `${deeper}${JSON.stringify(key)}: ${prettyJson(item, deeper, room(key, index))}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
