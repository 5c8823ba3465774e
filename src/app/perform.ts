import { t } from '../../config/texts/texts.ts';
import { moodColours } from '../../hardware/lights/moods.ts';
import { type PaperSite, receiptPaper, ticketPaper } from '../../hardware/printer/ticket.ts';
import { callUtterances } from '../../hardware/voice/call-text.ts';
import type { Command } from '../behaviour/commands.ts';
import type { OutcomeEvent } from '../behaviour/events.ts';
import type { Call } from '../behaviour/model.ts';
import { type ErrorCode, errorKinds, LetanError, toErrorInfo } from '../core/errors.ts';
import { type Language, languages } from '../core/language.ts';
import { assertNever } from '../core/result.ts';
import { ChipSession } from './chip-session.ts';
import type { RobotParts } from './parts.ts';
import { guidance, keepClear } from './phrases.ts';
import { personOf } from './registration.ts';

type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;
type Send = (event: OutcomeEvent) => void;

/** What an exception of unknown kind counts as, by command. */
function fallbackCode(type: Command['type']): ErrorCode {
  if (type.startsWith('ticket.print') || type.startsWith('receipt')) return 'PRINTER_OFFLINE';
  if (type.startsWith('chip')) return 'CARD_READER_OFFLINE';
  if (type.startsWith('drive') || type.startsWith('water') || type.startsWith('snack')) return 'BOARD_NOT_CONNECTED';
  return 'STORE_FAILED';
}

/** Four printable characters that differ from job to job; the printer echoes them. */
const processId = (commandId: string): string => commandId.slice(-4).padStart(4, '0');

async function submitRegistration(parts: RobotParts, command: CommandOf<'registration.submit'>): Promise<void> {
  const people = command.recordIds.flatMap((recordId) => {
    const record = parts.vault.get(recordId);
    return (record && personOf(record)) ?? [];
  });
  if (people.length === 0) throw new LetanError('CANCELLED', 'the visit has ended');
  const jwe = await parts.sealer.seal({ kind: 'registration', people });
  await parts.queue.submitRegistration({ visitId: command.visitId, personCount: people.length, jwe });
}

async function submitPetition(parts: RobotParts, command: CommandOf<'petition.submit'>): Promise<string> {
  const record = parts.vault.get(command.recordId);
  if (record?.kind !== 'text') throw new LetanError('CANCELLED', 'the visit has ended');
  const jwe = await parts.sealer.seal({ kind: 'petition', text: record.text });
  return parts.queue.submitPetition({ visitId: command.visitId, jwe });
}

const paperSite = ({ config }: RobotParts, language: Language): PaperSite => ({
  papers: config.papers,
  wardName: config.site.name,
  language,
});

function printTicket(parts: RobotParts, command: CommandOf<'ticket.print'>): Promise<void> {
  const paper = ticketPaper(command.ticket, paperSite(parts, command.language), t);
  return parts.printer.print({ processId: processId(command.id), ...paper });
}

function printReceipt(parts: RobotParts, command: CommandOf<'receipt.print'>): Promise<void> {
  const content = { receiptNumber: command.receiptNumber, issuedAt: isoWithOffset(parts.clock.nowMs()) };
  const paper = receiptPaper(content, paperSite(parts, command.language));
  return parts.printer.print({ processId: processId(command.id), ...paper });
}

/** Vietnam keeps UTC+7 all year. */
function isoWithOffset(epochMs: number): string {
  return new Date(epochMs + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
}

const isExpired = ({ queue }: RobotParts, call: Call): boolean => call.expiresAtMs <= queue.serverNowMs();

/** Stops everything that moves or flows, at once. */
function stopAll(parts: RobotParts): void {
  parts.wheels.stop();
  parts.dispenser.abort();
}

/** What the performer needs of the process around it. */
interface Performing {
  parts: RobotParts;
  send: Send;
  /** Asks the host to start this program anew. */
  restart: () => void;
}

interface Hands extends Performing {
  chip: ChipSession | null;
}

async function seekChip({ chip, send }: Hands, { id, recordId }: CommandOf<'chip.seek'>): Promise<OutcomeEvent> {
  if (chip === null) throw new LetanError('CARD_READER_OFFLINE', 'this unit has no card reader');
  const verdict = await chip.read(recordId, (stage) => send({ type: 'chip.progress', id, stage }));
  return { type: 'chip.read', id, verdict };
}

/** Does what one command asks; resolves with its outcome event, or null where the outcome of another command tells. */
async function carryOut(hands: Hands, command: Command): Promise<OutcomeEvent | null> {
  const { parts, send, restart } = hands;
  const { queue, dispenser, voice } = parts;
  const { id } = command;
  switch (command.type) {
    case 'ticket.reserve': {
      parts.printer.prepare(command.language);
      const { visitId, serviceId, followedBy, priorityClass, language } = command;
      return {
        type: 'ticket.reserved',
        id,
        ticket: await queue.reserveTicket({ visitId, serviceId, followedBy, priorityClass, language }),
      };
    }
    case 'booking.checkIn': {
      parts.printer.prepare(command.language);
      const { visitId, bookingCode, language } = command;
      return { type: 'ticket.reserved', id, ticket: await queue.checkInBooking({ visitId, bookingCode, language }) };
    }
    case 'ticket.print':
      await printTicket(parts, command);
      return { type: 'ticket.printed', id };
    case 'ticket.commit':
      await queue.commitTicket(command.ticketId);
      return { type: 'ticket.committed', id };
    case 'ticket.void':
      await queue.voidTicket(command.ticketId, command.reason);
      return { type: 'ticket.voided', id };
    case 'water.dispense': {
      const progress = (dispensedMl: number) => send({ type: 'water.progress', id, dispensedMl });
      return { type: 'water.dispensed', id, dispensedMl: await dispenser.dispenseWater(command.volumeMl, progress) };
    }
    case 'water.abort':
      dispenser.abort();
      return null;
    case 'snack.dispense':
      await dispenser.dispenseSnack();
      return { type: 'snack.dispensed', id };
    case 'drive.to':
      await parts.wheels.driveTo(command.place);
      return { type: 'drive.arrived', id };
    case 'stop':
      stopAll(parts);
      return null;
    case 'chip.seek':
      return seekChip(hands, command);
    case 'chip.stop':
      hands.chip?.stop();
      return null;
    case 'registration.submit':
      await submitRegistration(parts, command);
      return { type: 'registration.stored', id };
    case 'feedback.submit':
      await queue.submitFeedback({ visitId: command.visitId, score: command.score });
      return { type: 'feedback.stored', id };
    case 'petition.submit':
      return { type: 'petition.stored', id, receiptNumber: await submitPetition(parts, command) };
    case 'receipt.print':
      await printReceipt(parts, command);
      return { type: 'receipt.printed', id };
    case 'speech.say':
      // Whoever is greeted may want a number: what drawing needs (0.3 s) is loaded while she chooses.
      if (command.key === 'speech.greeting') parts.printer.prepare(command.language);
      await voice.say([guidance(command)], 'guidance');
      return { type: 'speech.finished', id };
    case 'speech.warn':
      await voice.say(keepClear(command.language), 'safety');
      return { type: 'speech.finished', id };
    case 'speech.call':
      await voice.say(callUtterances(command.call, t, parts.config.robot.voice.region), 'call', {
        isStale: () => isExpired(parts, command.call),
      });
      return { type: 'speech.finished', id };
    case 'speech.announce': {
      const { text } = command.announcement;
      const utterances = languages.map((language) => ({ language, text: text[language] }));
      // Below a call: whoever waits hears her number first.
      await voice.say(utterances, 'guidance');
      return { type: 'speech.finished', id };
    }
    case 'restart':
      restart();
      return null;
    case 'lights.set':
      parts.lights.set(moodColours[command.mood]);
      for (const servo of parts.peripherals.servos) servo.show(command.mood);
      return null;
    case 'vault.erase':
      parts.vault.erase();
      return { type: 'vault.erased', id };
    default:
      return assertNever(command);
  }
}

/** The machine's hands: carries commands out and sends each one's outcome back under its id. Never throws. */
export function createPerformer(performing: Performing): (command: Command) => void {
  const { parts, send } = performing;
  const { chip, vault, config } = parts;
  const hands: Hands = { ...performing, chip: chip && new ChipSession(chip, vault, config.robot.identity.showPortrait) };
  const failed = (command: Command, thrown: unknown) => {
    const error = toErrorInfo(thrown, fallbackCode(command.type));
    parts.logger.warn({ command: command.type, id: command.id, ...error }, 'command failed');
    if (errorKinds[error.code].level !== 'warning') parts.queue.publishError(error);
    send({ type: 'command.failed', id: command.id, command: command.type, error });
  };
  return (command) => {
    carryOut(hands, command).then(
      (outcome) => outcome && send(outcome),
      (thrown: unknown) => failed(command, thrown),
    );
  };
}
