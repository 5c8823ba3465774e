import {
  type Channel,
  channels,
  generalRefusals,
  operationRefusals,
  operations,
  type Party,
  type RefusalCode,
  refusalCodes,
  refusals,
} from '../../contract.ts';
import { envelopeSchema, requestEnvelopeSchema } from '../basics.ts';
import { commandExchanges, exampleContents, exampleJwe, exampleKey, invalidExamples, requestExchanges, statements } from '../examples.ts';
import { fieldRows } from './fields.ts';
import { prettyJson } from './json.ts';
import { channelNames, type MessageDocument, messageDocuments } from './messages.ts';
import { jsonSchemaOf } from './schemas.ts';

const exchanges = [...requestExchanges, ...commandExchanges];
const headKeys = Object.keys(envelopeSchema.shape);
const requestHeadKeys = Object.keys(requestEnvelopeSchema.shape);

/** A markdown table. Cells may hold `|`. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
const json = (value: unknown) => `\`\`\`json\n${prettyJson(value)}\n\`\`\``;
const parties: Record<Party, string> = { robot: 'robot', queueServer: 'queue server', operator: 'operator' };
const names = (list: readonly Party[]) => list.map((party) => parties[party]).join(', ');

function topicsTable(): string {
  const rows = channelNames.map((name) => {
    const { address, publishers, readers, qos, retain, expiresInS, answer, will, purpose }: Channel = channels[name];
    const kept = retain
      ? `retained${will ? ', will' : ''}`
      : answer?.on === 'replies'
        ? 'its `expiresAt`'
        : expiresInS === null
          ? ''
          : `${expiresInS} s`;
    const within = answer ? `${answer.withinMs / 1000} s` : '';
    return [`\`${address}\``, names(publishers), names(readers), String(qos), kept, within, purpose];
  });
  return table(['topic', 'published by', 'read by', 'QoS', 'retained / expires after', 'answered within', ''], rows);
}

const fieldsTable = (rows: readonly (readonly string[])[]) => table(['field', 'is', ''], rows);
const headTable = () => fieldsTable(fieldRows(jsonSchemaOf(envelopeSchema)));
const requestHeadTable = () => fieldsTable(fieldRows(jsonSchemaOf(requestEnvelopeSchema), headKeys));

/** Who may answer `code`. */
function answering(code: RefusalCode): string {
  if (generalRefusals.includes(code)) return 'any';
  const asked = operations.filter((operation) => operationRefusals[operation].includes(code));
  return asked.length > 0 ? asked.join(', ') : 'any command';
}

const refusalsTable = () =>
  table(
    ['code', 'answers', 'meaning'],
    refusalCodes.map((code) => [`\`${code}\``, answering(code), refusals[code]]),
  );

function exchangeText({ says, given, payload, reply }: (typeof exchanges)[number]): string {
  return `*${says}*${given ? ` (given: ${given})` : ''}\n\n${json(payload)}\n\nanswer:\n\n${json(reply)}`;
}

/** What an accepted request brings back. */
function resultText(message: MessageDocument): string {
  const { oneOf, anyOf } = jsonSchemaOf(message.schema);
  const options: unknown[] = [oneOf, anyOf].flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  const rows = options
    .flatMap((option) => (typeof option === 'object' && option !== null ? fieldRows({ ...option }) : []))
    .filter(([path]) => path.startsWith('`result.'));
  return rows.length === 0 ? "The answer's `result` is `{}`." : `The answer's \`result\`:\n\n${fieldsTable(rows)}`;
}

/** Accepted exchanges and what is told; refusals have a section of their own. */
function messageSection(message: MessageDocument): string {
  const { address, purpose }: Channel = channels[message.channel];
  const rows = fieldRows(jsonSchemaOf(message.schema), message.reply ? requestHeadKeys : headKeys);
  const fields = rows.length === 0 ? 'No fields besides the head.' : fieldsTable(rows);
  const asked = exchanges.filter(({ channel, reply }) => channel === message.channel && reply.ok === true).map(exchangeText);
  const told = statements.filter(({ channel }) => channel === message.channel).map(({ says, payload }) => `*${says}*\n\n${json(payload)}`);
  const result = message.reply ? [resultText(message.reply)] : [];
  return [`### ${message.channel}`, `\`${address}\`: ${purpose}.`, fields, ...result, ...asked, ...told].join('\n\n');
}

const refusedExamples = () =>
  exchanges.filter(({ reply }) => reply.ok === false).map((exchange) => `#### ${exchange.reply.code}\n\n${exchangeText(exchange)}`);

function invalidTable(): string {
  const rows = invalidExamples.map(({ channel, says, code }) => [channel, says, code === null ? 'dropped' : `\`${code}\``]);
  return table(['message', 'mistake', 'becomes'], rows);
}

const sealedText = () =>
  [
    'A key to try it with (never use it):',
    json(exampleKey),
    'Petition, plain and sealed:',
    json(exampleContents.petitions),
    `\`\`\`text\n${exampleJwe.petitions}\n\`\`\``,
    'Registration of two, plain and sealed:',
    json(exampleContents.registrations),
    `\`\`\`text\n${exampleJwe.registrations}\n\`\`\``,
  ].join('\n\n');

const section = (wanted: (channel: Channel) => boolean) =>
  messageDocuments
    .filter(({ channel }) => wanted(channels[channel]))
    .map(messageSection)
    .join('\n\n');

/** Parts of CONTRACT.md between `<!-- generated: name -->` and `<!-- end -->`. */
const parts: Record<string, () => string> = {
  topics: topicsTable,
  head: headTable,
  requestHead: requestHeadTable,
  refusals: refusalsTable,
  invalid: invalidTable,
  sealed: sealedText,
  announcements: () => section(({ publishers, answer }) => publishers.includes('queueServer') && answer === null),
  requests: () => section(({ answer }) => answer?.on === 'replies'),
  robot: () => section(({ publishers, answer }) => publishers.includes('robot') && answer === null),
  commands: () => section(({ answer }) => answer?.on === 'commandReplies'),
  refusedExamples: () => refusedExamples().join('\n\n'),
};

/** CONTRACT.md with its generated parts made anew. Throws `RangeError` for a part nobody makes, or one that is missing. */
export function fillPage(page: string): string {
  const missing = new Set(Object.keys(parts));
  const filled = page.replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, start: string, name: string, end: string) => {
      const make = parts[name];
      if (!make) throw new RangeError(`CONTRACT.md asks for ${name}, which nobody makes`);
      missing.delete(name);
      return `${start}\n${make()}\n\n${end}`;
    },
  );
  if (missing.size > 0) throw new RangeError(`CONTRACT.md lacks ${[...missing].join(', ')}`);
  return filled;
}
