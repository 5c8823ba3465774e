import type { Clock } from '../../src/core/clock.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { type Logger, silentLogger } from '../../src/core/logger.ts';
import type { CardReader } from './card-reader.ts';
import { openPcsc } from './pcsc.driver.ts';
import { type LoadPcsc, PcscService } from './pcsc-service.ts';
import { openPn532 } from './pn532.driver.ts';

/** As the robot's configuration tells it (`cardReader`). */
export type CardReaderConfig = { kind: 'pn532'; path: string; baudRate: number } | { kind: 'pcsc'; name?: string | undefined };

/** The reader of the card's chip. It waits for its part by itself; the field is off until `seek(true)`. */
export function openCardReader(config: CardReaderConfig, parts: { clock: Clock; logger: Logger }): CardReader {
  switch (config.kind) {
    case 'pn532':
      return openPn532({ path: config.path, baudRate: config.baudRate, ...parts });
    case 'pcsc':
      return openPcsc({ name: config.name, ...parts });
  }
}

/** What `letan doctor` says about PC/SC. */
export type ReaderNames = { kind: 'readers'; names: string[] } | { kind: 'missing'; error: ErrorInfo };

/** The service tells what is there within some ms; a USB reader it has just found takes longer. */
const answerWithinMs = 1000;

/** Names of the readers that the PC/SC service knows. Takes up to two seconds. Never rejects. */
export async function describeReaders({ clock, load }: { clock: Clock; load?: LoadPcsc }): Promise<ReaderNames> {
  const service = new PcscService({ clock, logger: silentLogger, ...(load && { load }) });
  await new Promise<void>((resolve) => {
    const finish = () => {
      cancel();
      stop();
      resolve();
    };
    const cancel = clock.after(answerWithinMs, finish);
    const stop = service.changed.on(() => {
      if (service.state.kind === 'missing') finish();
    });
  });
  const { state, readers } = service;
  const names = [...readers.keys()].sort();
  await service.close();
  return state.kind === 'missing' ? { kind: 'missing', error: state.error } : { kind: 'readers', names };
}
