import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { VendorBook } from './vendor-book.ts';
import { type Outcome, type Requests, refuse, type VendorClock } from './vendor-types.ts';

interface Head {
  expiresAt: string;
}

export const operations = [
  'hello',
  'tickets/reserve',
  'tickets/commit',
  'tickets/void',
  'checkins',
  'feedback',
  'petitions',
  'registrations',
  'leases',
] as const;
type Operation = (typeof operations)[number];

export const software = 'vendor queue 1.0';
const largest = 65_536;
const deepest = 12;
const heads = new Set(['version', 'ward', 'messageId', 'sentAt', 'robotId', 'replyTo', 'expiresAt', 'idempotencyKey']);
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOperation = (text: string): text is Operation => operations.some((one) => one === text);

/** What the schemas cannot say: depth, keys, NUL and half surrogate pairs. */
function isTame(value: unknown, depth = 1): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}|\0/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  const evil = Object.keys(value).some((key) => ['__proto__', 'constructor', 'prototype'].includes(key));
  return depth <= deepest && !evil && Object.values(value).every((part) => isTame(part, depth + 1));
}

/** Also what the pattern lets pass: 30 February. */
function isTime(text: string): boolean {
  const [, day = '', clock = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  const atMs = Date.parse(`${day}T${clock}Z`);
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(`${day}T${clock}`);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key])]),
  );
}

/** Undefined for what must be dropped. */
export function parse(payload: Buffer): unknown {
  if (payload.length > largest) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
    return isTame(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where requests come in: in the order of section 5 they are looked at, decided and remembered. */
export class VendorDesk {
  private readonly options: { ward: string; schemas: string; clock: VendorClock; book: VendorBook };
  private readonly ajv = new Ajv2020({ strict: false, unicodeRegExp: true, formats: { 'date-time': isTime } });
  private readonly checks = new Map<string, ValidateFunction>();

  constructor(options: { ward: string; schemas: string; clock: VendorClock; book: VendorBook }) {
    this.options = options;
  }

  /** The answer without its head; null where nobody can be answered. */
  answer(operation: string, robotId: string, value: unknown): ({ inReplyTo: string; idempotencyKey: string } & Outcome) | null {
    if (!isObject(value) || !isOperation(operation)) return null;
    const { idempotencyKey, messageId } = value;
    if (typeof idempotencyKey !== 'string' || !/^[A-Za-z0-9_.:-]{1,64}$/.test(idempotencyKey)) return null;
    if (typeof messageId !== 'string' || !/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(messageId)) return null;
    return { inReplyTo: messageId, idempotencyKey, ...this.judge(operation, robotId, idempotencyKey, value) };
  }

  /** Whether `value` is what the schema of that name says. */
  check<T>(name: string, value: unknown): value is T {
    let check = this.checks.get(name);
    if (!check) {
      check = this.ajv.compile(JSON.parse(readFileSync(join(this.options.schemas, `${name}.schema.json`), 'utf8')));
      this.checks.set(name, check);
    }
    return check(value) === true;
  }

  /** Version, ward, robot and reply topic, fields, expiry, remembered key, the decision. */
  private judge(operation: Operation, robotId: string, key: string, value: Record<string, unknown>): Outcome {
    const { ward, clock, book } = this.options;
    if (value.version !== 1) return refuse('WRONG_VERSION', 'this is version 1');
    if (value.ward !== ward) return refuse('WRONG_WARD', 'not the ward of the topic');
    const own = value.robotId === robotId && value.replyTo === `letan/v1/${ward}/robots/${robotId}/replies`;
    if (!own) return refuse('WRONG_ROBOT', 'not the robot of the topic');
    if (!this.check<Head>(operation.replace('/', '-'), value)) return refuse('BAD_MESSAGE', 'it does not fit the schema');
    if (operation === 'hello') return this.decision(operation, robotId, value);
    if (Date.parse(value.expiresAt) <= clock.nowMs()) return refuse('EXPIRED', 'it came too late');
    const body = Object.fromEntries(Object.entries(value).filter(([name]) => !heads.has(name)));
    const digest = createHash('sha256')
      .update(JSON.stringify(canonical(body)))
      .digest('hex');
    const known = book.recall(robotId, key);
    if (known) {
      const same = known.operation === operation && known.digest === digest;
      return same ? known.outcome : refuse('KEY_REUSED', 'the key was used for something else');
    }
    try {
      return book.decide({ robotId, key, operation, digest }, () => this.decision(operation, robotId, value));
    } catch {
      return refuse('TRY_LATER', 'the book could not be written');
    }
  }

  private decision(operation: Operation, robotId: string, value: unknown): Outcome {
    const { book } = this.options;
    const run: { [O in Operation]: (body: Requests[O]) => Outcome } = {
      hello: ({ versions }) =>
        versions.includes(1)
          ? { ok: true, result: { version: 1, software, operations } }
          : refuse('WRONG_VERSION', 'this server speaks version 1'),
      'tickets/reserve': (body) => book.reserve(robotId, body),
      'tickets/commit': (body) => book.commit(robotId, body),
      'tickets/void': (body) => book.void(robotId, body),
      checkins: (body) => book.checkIn(robotId, body),
      feedback: ({ visitId, score }) => book.keepFeedback({ visitId, score }),
      petitions: ({ visitId, receiptNumber, jwe }) => book.keepPetition({ visitId, receiptNumber, jwe }),
      registrations: ({ registrationId, visitId, personCount, jwe }) =>
        book.keepRegistration(robotId, { registrationId, visitId, personCount, jwe }),
      leases: (body) => book.lend(robotId, body),
    };
    const decide = <O extends Operation>(name: O): Outcome =>
      this.check<Requests[O]>(name.replace('/', '-'), value) ? run[name](value) : refuse('BAD_MESSAGE', 'it does not fit the schema');
    return decide(operation);
  }
}
