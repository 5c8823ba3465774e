import { type DestinationStream, type Level, multistream, pino } from 'pino';
import type { LogRing } from './log-ring.ts';

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Field names that could carry a citizen's data; pino replaces them wherever they stand, one and two levels deep. */
const personalFields = ['name', 'fullName', 'idNumber', 'oldIdNumber', 'address', 'birthDate', 'qrText', 'raw', 'text', 'jwe'];

export interface LoggerOptions {
  level: string;
  destination?: DestinationStream;
  /** Also takes the lines, from `info` on even where the level lets fewer through. */
  ring?: LogRing;
}

const isLevel = (level: string): level is Level => level in pino.levels.values;

/** JSON lines on stderr (or `destination`); personal fields are cut out. */
export function createLogger({
  level,
  destination = pino.destination({ dest: 2, sync: true }),
  ring,
}: LoggerOptions): ReturnType<typeof pino> {
  const redact = { paths: personalFields.flatMap((field) => [field, `*.${field}`]), censor: '[personal]' };
  if (!ring) return pino({ level, base: null, redact }, destination);
  const chatty = level === 'debug' || level === 'trace' ? level : 'info';
  const streams = multistream({ level: chatty, stream: ring });
  if (isLevel(level)) streams.add({ level, stream: destination });
  return pino({ level: chatty, base: null, redact }, streams);
}

/** Says nothing; for tests. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
