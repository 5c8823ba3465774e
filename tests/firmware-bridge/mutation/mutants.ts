/** One small change of a C source that a test or a proof has to notice. */
export interface Mutant {
  /** Line number, from 1. */
  line: number;
  /** Name of the function around it, or of the macro or table. */
  where: string;
  /** The source line as it stands, trimmed. */
  text: string;
  /** What was changed, `old -> new`. */
  change: string;
  source: string;
}

interface Token {
  kind: 'word' | 'number' | 'sign';
  text: string;
  at: number;
}

const tokenPattern =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|^[ \t]*#(?:[^\n\\]|\\\n|\\.)*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<word>[A-Za-z_]\w*)|(?<number>\d\w*)|(?<sign>\+\+|--|->|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^!~<>=?:;,.(){}[\]])/gm;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (const match of source.matchAll(tokenPattern)) {
    const { word, number, sign } = match.groups ?? {};
    const text = word ?? number ?? sign;
    if (text !== undefined) tokens.push({ kind: word ? 'word' : number ? 'number' : 'sign', text, at: match.index });
  }
  return tokens;
}

/** Each sign with what may stand in its place. */
const replacements: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '++': ['--'],
  '--': ['++'],
  '+=': ['-='],
  '-=': ['+='],
  '|=': ['&='],
  '&=': ['|='],
  '!': [''],
};
const worded: Readonly<Record<string, readonly string[]>> = { true: ['false'], false: ['true'] };
/** These are unary, a declaration or a dereference unless the formatter has put a space on both sides. */
const spaced = new Set(['+', '-', '*', '&', '/', '%', '|', '^']);

interface Edit {
  at: number;
  length: number;
  to: string;
}

function tokenEdits(source: string, token: Token): Edit[] {
  const { kind, text, at } = token;
  const edit = (to: string): Edit => ({ at, length: text.length, to });
  if (kind === 'number') {
    const [, digits = '', suffix = ''] = /^(0[xX][0-9a-fA-F]+|\d+)(\w*)$/.exec(text) ?? [];
    return digits === '' ? [] : [edit(`${Number(digits) + 1}${suffix}`)];
  }
  if (kind === 'word') return (worded[text] ?? []).map(edit);
  const alone = source[at - 1] === ' ' && source[at + text.length] === ' ';
  if (text === '-' && !alone) return [edit('')];
  if (spaced.has(text) && !alone) return [];
  return (replacements[text] ?? []).map(edit);
}

const declaration =
  /^(static|extern|const|volatile|unsigned|signed|int|char|bool|u?int\d+_t|enum|struct|typedef|return|else|case|default|goto)\b|^[A-Z]\w*\s+\*?(const\s+)?\w/;

/** Where tests and proof let interrupts strike (safety/port.h): nothing on the board, so taking one away changes no program. */
const mark = /^PREEMPT\(\)$/;

/** Removal of whole statements: assignments, calls, breaks. */
function statementEdits(source: string, tokens: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  let begin = -1;
  let depth = 0;
  let round = 0;
  for (const [index, { text, at }] of tokens.entries()) {
    if (text === '(' || text === '[') round += 1;
    if (text === ')' || text === ']') round -= 1;
    if (text === '{') depth += 1;
    if (text === '}') depth -= 1;
    const next = tokens[index + 1];
    const closesCondition = text === ')' && round === 0 && conditionStart(tokens, index);
    if (text === ';' && round === 0 && depth > 0 && begin >= 0) {
      const statement = source.slice(begin, at);
      if (!mark.test(statement) && !declaration.test(statement) && !statement.includes('{') && /=|\+\+|--|\(|^break$/.test(statement))
        edits.push({ at: begin, length: at - begin, to: '' });
    }
    if (text === ';' || text === '{' || text === '}' || closesCondition || text === 'else' || (text === ':' && round === 0))
      begin = next?.at ?? -1;
  }
  return edits;
}

/** Index of the `(` that the `)` at `close` ends. */
function openerOf(tokens: readonly Token[], close: number): number {
  let round = 0;
  for (let index = close; index >= 0; index -= 1) {
    const text = tokens[index]?.text;
    if (text === ')') round += 1;
    if (text === '(') round -= 1;
    if (round === 0) return index;
  }
  return -1;
}

const conditionStart = (tokens: readonly Token[], close: number): boolean => {
  const before = tokens[openerOf(tokens, close) - 1]?.text;
  return before === 'if' || before === 'while' || before === 'for' || before === 'switch';
};

/** Conditions without a comparison are turned round as a whole. */
function conditionEdits(source: string, tokens: readonly Token[]): Edit[] {
  return tokens.flatMap(({ text }, index) => {
    if (text !== ')') return [];
    const open = openerOf(tokens, index);
    if (tokens[open - 1]?.text !== 'if') return [];
    const from = (tokens[open]?.at ?? 0) + 1;
    const condition = source.slice(from, tokens[index]?.at);
    // A leading `!` alone is another mutant's.
    return /[<>=]=?|!=|^!\w[\w.]*$/.test(condition.replaceAll('->', '.'))
      ? []
      : [{ at: from, length: condition.length, to: `!(${condition})` }];
  });
}

const functionHead = /^(?:static |inline |__attribute__\(\(\w+\)\) )*[A-Za-z_][\w *]*?\b(\w+)\([^;{]*\)\s*\{/gm;

function functionAt(heads: readonly { name: string; at: number }[], at: number): string {
  return heads.findLast((head) => head.at <= at)?.name ?? 'file';
}

function build(source: string, edits: readonly Edit[]): Mutant[] {
  const heads = [...source.matchAll(functionHead)].map((match) => ({ name: match[1] ?? '', at: match.index }));
  return edits.map(({ at, length, to }) => {
    const before = source.slice(0, at);
    const line = before.split('\n').length;
    const text = source.split('\n')[line - 1]?.trim() ?? '';
    const column = at - (before.lastIndexOf('\n') + 1) - (/^\s*/.exec(source.split('\n')[line - 1] ?? '')?.[0].length ?? 0);
    const old = source.slice(at, at + length).replace(/\s+/g, ' ');
    const change = `${column}: ${old} -> ${to === '' ? '(removed)' : to.replace(/\s+/g, ' ')}`;
    return { line, where: functionAt(heads, at), text, change, source: source.slice(0, at) + to + source.slice(at + length) };
  });
}

/** Every mutant of a C source or of the inline functions of a header. */
export function mutantsOf(source: string): Mutant[] {
  const tokens = tokensOf(source);
  // Outside of functions only tables hold values that matter: static const data.
  const edits = [
    ...tokens.flatMap((token) => tokenEdits(source, token)),
    ...statementEdits(source, tokens),
    ...conditionEdits(source, tokens),
  ];
  return build(
    source,
    edits.sort((a, b) => a.at - b.at),
  );
}

/** Every macro of a header of constants, one more and one less. */
export function macroMutantsOf(source: string): (Mutant & { macro: string })[] {
  return [...source.matchAll(/^#define (\w+) (\d+)(u?)$/gm)].flatMap((match) => {
    const [, macro = '', digits = '', suffix = ''] = match;
    const at = match.index + `#define ${macro} `.length;
    return [1, -1].flatMap((by) => {
      const [mutant] = build(source, [{ at, length: digits.length + suffix.length, to: `${Number(digits) + by}${suffix}` }]);
      return mutant ? [{ ...mutant, where: macro, macro }] : [];
    });
  });
}
