import { z } from 'zod';
import { menuChoices, type TouchEvent } from '../behaviour/events.ts';
import { mostServices, priorityClasses } from '../behaviour/model.ts';
import { languages } from '../core/language.ts';
import { assertNever } from '../core/result.ts';
import type { PageMessage } from './view.ts';

/** Longest petition, characters. */
export const petitionLimit = 2000;
/** Longest message of the page, bytes: a full petition of three-byte letters (Hangul, most Vietnamese vowels) and its frame. */
export const pageMessageLimitBytes = 8192;

const score = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
const id = z.string().min(1).max(64);

const pageMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('wake') }),
  z.strictObject({ type: z.literal('language'), language: z.enum(languages) }),
  z.strictObject({ type: z.literal('menu'), choice: z.enum(menuChoices) }),
  z
    .strictObject({
      type: z.literal('service'),
      serviceId: id,
      followedBy: z.array(id).max(mostServices - 1),
      priorityClass: z.enum(priorityClasses),
    })
    .refine(({ serviceId, followedBy }) => new Set([serviceId, ...followedBy]).size === followedBy.length + 1, 'a service twice'),
  z.strictObject({ type: z.literal('procedure'), code: id }),
  z.strictObject({ type: z.literal('accept') }),
  z.strictObject({ type: z.literal('decline') }),
  z.strictObject({ type: z.literal('addPerson') }),
  z.strictObject({ type: z.literal('typeNumber') }),
  z.strictObject({ type: z.literal('cardNumber'), number: z.string().regex(/^(\d{6}|\d{12})$/) }),
  z.strictObject({ type: z.literal('rating'), score }),
  z.strictObject({ type: z.literal('petition'), text: z.string().trim().min(1).max(petitionLimit) }),
  z.strictObject({ type: z.literal('back') }),
  z.strictObject({ type: z.literal('exit') }),
  z.strictObject({ type: z.literal('stillHere') }),
]) satisfies z.ZodType<PageMessage>;

/** The page's message, or null when the bytes are not one. What was refused is not kept: it may hold personal data. */
export function parsePageMessage(text: string): PageMessage | null {
  if (Buffer.byteLength(text) > pageMessageLimitBytes) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = pageMessageSchema.safeParse(raw);
  return parsed.success ? parsed.data : null;
}

/** Where what a citizen typed goes: the vault keeps it and gives a handle. */
export interface TypedVault {
  put(typed: { kind: 'text'; text: string } | { kind: 'number'; number: string }): string;
}

/** Turns what the citizen touched into the machine's event; a petition's text and a card's number go to the vault on the way. */
export function toTouchEvent(message: PageMessage, vault: TypedVault): TouchEvent {
  switch (message.type) {
    case 'wake':
      return { type: 'touch.wake' };
    case 'language':
      return { type: 'touch.language', language: message.language };
    case 'menu':
      return { type: 'touch.menu', choice: message.choice };
    case 'service':
      return {
        type: 'touch.service',
        serviceId: message.serviceId,
        followedBy: message.followedBy,
        priorityClass: message.priorityClass,
      };
    case 'procedure':
      return { type: 'touch.procedure', code: message.code };
    case 'accept':
      return { type: 'touch.accept' };
    case 'decline':
      return { type: 'touch.decline' };
    case 'addPerson':
      return { type: 'touch.addPerson' };
    case 'typeNumber':
      return { type: 'touch.typeNumber' };
    case 'cardNumber':
      return { type: 'touch.cardNumber', recordId: vault.put({ kind: 'number', number: message.number }) };
    case 'rating':
      return { type: 'touch.rating', score: message.score };
    case 'petition':
      return { type: 'touch.petition', recordId: vault.put({ kind: 'text', text: message.text }) };
    case 'back':
      return { type: 'touch.back' };
    case 'exit':
      return { type: 'touch.exit' };
    case 'stillHere':
      return { type: 'touch.stillHere' };
    default:
      return assertNever(message);
  }
}
