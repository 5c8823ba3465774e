import { describe, expect, it } from 'vitest';
import { describeReaders } from '../../../hardware/card-reader/open-card-reader.ts';
import { openPcsc } from '../../../hardware/card-reader/pcsc.driver.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';

const notInstalled = () => Promise.reject(new Error('Cannot find package'));
const missing = { code: 'CARD_READER_SERVICE', detail: expect.stringContaining('pcsc-mini') };

describe('without the optional package', () => {
  it('a PC/SC reader is offline and says which package', async () => {
    const clock = new SimulatedClock();
    const reader = openPcsc({ clock, logger: silentLogger, load: notInstalled });
    reader.seek(true);
    await clock.advanceAsync(3000);
    expect(reader.status).toEqual({ status: 'offline', error: missing });
    expect(reader.presence).toEqual({ kind: 'none' });
    await reader.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('no readers are named', async () => {
    expect(await describeReaders({ clock: new SimulatedClock(), load: notInstalled })).toEqual({ kind: 'missing', error: missing });
  });
});
