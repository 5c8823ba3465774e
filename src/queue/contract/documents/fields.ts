/** Rows of a field table out of a JSON Schema: path, what it may be, meaning. */

interface Node {
  [keyword: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const propertiesOf = (node: Node): [string, Node][] =>
  Object.entries(isNode(node.properties) ? node.properties : {}).flatMap(([key, value]): [string, Node][] =>
    isNode(value) ? [[key, value]] : [],
  );

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const range = (low: unknown, high: unknown, unit: string) =>
  high === undefined ? '' : low === undefined ? ` up to ${high}${unit}` : low === high ? ` of ${low}${unit}` : ` ${low} to ${high}${unit}`;

function limits(node: Node): string {
  if (node.format === 'date-time') return 'time';
  if (node.type === 'string') return `text${range(node.minLength, node.maxLength, ' characters')}`;
  if (node.type === 'integer' || node.type === 'number') {
    const whole = Math.abs(Number(node.maximum)) >= Number.MAX_SAFE_INTEGER;
    return `${node.type === 'integer' ? 'whole number' : 'number'}${whole ? '' : range(node.minimum, node.maximum, '')}`;
  }
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'array') return `list${range(node.minItems, node.maxItems, '')}`;
  return node.type === 'object' ? 'object' : 'anything';
}

/** What a value may be, in words. */
function kind(node: Node): string {
  const options = nodes(node.anyOf);
  if (options.length > 0) return options.map((option) => (option.type === 'null' ? '`null`' : kind(option))).join(' or ');
  if (node.const !== undefined) return code(node.const);
  if (Array.isArray(node.enum)) return node.enum.map(code).join(', ');
  return limits(node);
}

/** Into lists and either-or-null, where a table goes on. */
function inside(node: Node, path: string): { node: Node; path: string } {
  if (isNode(node.items)) return inside(node.items, `${path}[]`);
  const option = nodes(node.anyOf).find((candidate) => candidate.type !== 'null');
  return option ? inside(option, path) : { node, path };
}

export type FieldRow = [path: string, kind: string, meaning: string];

/** One row per field of an object, inner ones after their outer; `omit`: fields told elsewhere. */
export function fieldRows(schema: Record<string, unknown>, omit: readonly string[] = [], prefix = ''): FieldRow[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return propertiesOf(schema).flatMap(([key, node]): FieldRow[] => {
    if (omit.includes(key)) return [];
    const path = prefix + key;
    const may = required.includes(key) ? '' : ' (may be left out)';
    const own: FieldRow = [`\`${path}\``, `${kind(node)}${may}`, typeof node.description === 'string' ? node.description : ''];
    const within = inside(node, path);
    const isLocalText = propertiesOf(within.node).some(([name]) => name === 'ko');
    const map = isNode(within.node.additionalProperties) ? fieldRows(within.node.additionalProperties, [], `${within.path}.<name>.`) : [];
    return [own, ...(isLocalText ? [] : fieldRows(within.node, [], `${within.path}.`)), ...map];
  });
}
