import { type DestinationStream, pino } from 'pino';

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Field names that could carry a citizen's data; pino replaces them wherever they stand, one and two levels deep. */
const personalFields = ['name', 'fullName', 'idNumber', 'oldIdNumber', 'address', 'birthDate', 'qrText', 'raw', 'text', 'jwe'];

/** JSON lines on stderr (or `destination`); personal fields are cut out. */
export function createLogger(options: { level: string; destination?: DestinationStream }): ReturnType<typeof pino> {
  const settings = {
    level: options.level,
    base: null,
    redact: { paths: personalFields.flatMap((field) => [field, `*.${field}`]), censor: '[personal]' },
  };
  return pino(settings, options.destination ?? pino.destination({ dest: 2, sync: true }));
}

/** Says nothing; for tests. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
