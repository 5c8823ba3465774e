import type { DeviceStatus } from '../../src/core/device.ts';
import { assertNever } from '../../src/core/result.ts';
import type { LinkFailure } from './pn532-link.ts';

export const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'CARD_READER_OFFLINE', detail } });
const faulty = (detail: string): DeviceStatus => ({ status: 'faulty', error: { code: 'DEVICE_FAULTY', detail } });

/** What a command that failed says about the reader. */
export function statusOfFailure(failure: LinkFailure): DeviceStatus {
  switch (failure) {
    case 'closed':
      return offline('not connected');
    case 'silent':
      return offline('the card reader does not answer');
    case 'late':
      return faulty('the card reader acknowledges commands and does not answer them');
    case 'nonsense':
      return faulty('the card reader answers nonsense (baud rate? no PN532?)');
    case 'refused':
      return faulty('the card reader refuses a basic command: it is no PN532');
    default:
      return assertNever(failure);
  }
}

/** True if a technician would see no difference. */
export function sameStatus(one: DeviceStatus, other: DeviceStatus): boolean {
  if (one.status === 'ready' || other.status === 'ready') return one.status === other.status;
  return one.status === other.status && one.error.code === other.error.code && one.error.detail === other.error.detail;
}
