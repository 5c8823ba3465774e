import { z } from 'zod';

/**
 * Templates of what the printer prints: config/papers/ticket.yaml and receipt.yaml, or those a site names. A template is lines from top
 * to bottom; `{name}` stands for a value. Unknown names are faults, so that no citizen reads a brace.
 */

/** What a ticket's lines may say of the ticket. `ward.vi` and `service.vi` are Vietnamese whatever language the citizen reads. */
export const ticketNames = [
  'ward',
  'ward.vi',
  'number',
  'ticketId',
  'service',
  'service.vi',
  'position',
  'priority',
  'ahead',
  'minutes',
  'time',
  'date',
] as const;
/** These have a value only in the lines of `services`, once for each service. */
const perServiceNames: readonly string[] = ['service', 'service.vi', 'position'];
export const receiptNames = ['ward', 'ward.vi', 'number', 'time', 'date'] as const;

/**
 * When a line is printed; all of its conditions must hold. `foreign`: the citizen reads another language than Vietnamese. `chain`:
 * several services under one number, else `single`. `priority`: the citizen has one.
 */
const ticketConditions = ['foreign', 'online', 'offline', 'single', 'chain', 'priority'] as const;
const receiptConditions = ['foreign'] as const;
export type PaperCondition = (typeof ticketConditions)[number];

const placeholder = /\{([^{}]*)\}/g;
export const namesIn = (text: string): string[] => [...text.matchAll(placeholder)].map(([, name = '']) => name);
/** `text` with every `{name}` replaced; a name without a value becomes empty. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replaceAll(placeholder, (_, name: string) => values[name] ?? '');

function textWith(names: readonly string[]) {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      for (const name of namesIn(text).filter((found) => !names.includes(found)))
        context.addIssue({ code: 'custom', message: `unknown {${name}}; known here: ${names.join(', ')}` });
    });
}

function lineSchemas<Condition extends PaperCondition>(names: readonly string[], conditions: readonly Condition[]) {
  const when = z.array(z.enum(conditions)).default([]);
  const text = textWith(names);
  return [
    z.strictObject({
      kind: z.literal('text'),
      /** The same in every language, or one for each. */
      text: z.union([text, z.strictObject({ vi: text, en: text, ko: text })], { error: 'must be a text, or one each for vi, en and ko' }),
      size: z.enum(['small', 'normal', 'large', 'huge']).default('small'),
      align: z.enum(['left', 'centre']).default('centre'),
      bold: z.boolean().default(false),
      when,
    }),
    /** Printable ASCII alone: the robot and the counters read it. */
    z.strictObject({
      kind: z.literal('qr'),
      data: textWith(names.filter((name) => ['number', 'ticketId'].includes(name))).regex(/^[\x20-\x7e]{1,200}$/, 'printable ASCII alone'),
      when,
    }),
    z.strictObject({ kind: z.literal('rule'), when }),
    z.strictObject({ kind: z.literal('space'), heightMm: z.number().min(0.5).max(50), when }),
    /** The site's logo; nothing where the site has none. */
    z.strictObject({ kind: z.literal('logo'), when }),
  ] as const;
}

const receiptLine = z.discriminatedUnion('kind', lineSchemas(receiptNames, receiptConditions), {
  error: 'kind must be one of: text, qr, rule, space, logo',
});
const serviceLine = z.discriminatedUnion('kind', lineSchemas(ticketNames, ticketConditions), {
  error: 'kind must be one of: text, qr, rule, space, logo',
});
const ticketLine = z.discriminatedUnion(
  'kind',
  [
    ...lineSchemas(
      ticketNames.filter((name) => !perServiceNames.includes(name)),
      ticketConditions,
    ),
    /** Its lines once for every service of the ticket, in order. */
    z.strictObject({
      kind: z.literal('services'),
      lines: z.array(serviceLine).min(1).max(10),
      when: z.array(z.enum(ticketConditions)).default([]),
    }),
  ],
  { error: 'kind must be one of: text, qr, rule, space, logo, services' },
);

type Line = z.infer<typeof ticketLine>;
const showsNumber = (line: Line): boolean =>
  line.kind === 'text' &&
  (line.size === 'large' || line.size === 'huge') &&
  typeof line.text === 'string' &&
  namesIn(line.text).includes('number');

export const ticketTemplateSchema = z.strictObject({
  lines: z
    .array(ticketLine)
    .min(1)
    .max(60)
    .refine(
      (lines) => lines.some((line) => showsNumber(line) && line.when.length === 0),
      'needs a large or huge line with {number}, the same in every language',
    ),
  /** Stands on top of a paper that was printed a second time because nobody knew whether the first came out. */
  reprint: z.array(ticketLine).min(1).max(10),
});
export const receiptTemplateSchema = z.strictObject({
  lines: z.array(receiptLine).min(1).max(60),
  reprint: z.array(receiptLine).min(1).max(10),
});
/** The lines of any template; a receipt's are some of a ticket's. */
export type TemplateLine = Line;
export interface PaperTemplate {
  lines: TemplateLine[];
  reprint: TemplateLine[];
}

/** What a site prints on. */
export interface Papers {
  ticket: PaperTemplate;
  receipt: PaperTemplate;
  /** PNG. */
  logoFile: string | null;
}

/** File names in config/papers. */
export const sitePapersSchema = z.strictObject({
  ticket: z.string().min(1).default('ticket.yaml'),
  receipt: z.string().min(1).default('receipt.yaml'),
});

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const pngEnd = Buffer.from('IEND');
const logoSideLimit = 2000;

/** What is wrong with a logo file's bytes; null: nothing that shows without drawing it. */
export function logoFault(bytes: Buffer): string | null {
  if (!bytes.subarray(0, 8).equals(pngSignature) || bytes.length < 24) return 'is no PNG file';
  if (!bytes.includes(pngEnd)) return 'is cut off';
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width < 1 || height < 1 || width > logoSideLimit || height > logoSideLimit)
    return `has ${width} x ${height} dots; at most ${logoSideLimit} each way`;
  return null;
}
