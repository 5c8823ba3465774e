import { inventedPeople } from '../cards/applet/person.ts';
import { qrText } from '../cards/applet/qr-text.ts';
import type { SampleCode } from './controls.ts';

/**
 * The codes on the invented people's cards: the first of 2024 (eleven fields), the second of 2021 (seven), the third unreadable.
 */
export const sampleCards: readonly SampleCode[] = [
  {
    id: 'card-first',
    label: 'Card of Nguyễn Thị Mẫu',
    text: qrText(inventedPeople.sample, 11, 'NFC'),
  },
  {
    id: 'card-second',
    label: 'Card of Trần Đặng Thử',
    text: qrText(inventedPeople.trial, 7, 'NFC'),
  },
  { id: 'card-damaged', label: 'Damaged card', text: '0791900||Nguyễn Thị|15011990|N|1 Đường|02082024' },
];

/** Codes to offer on the page: the invented cards, and the bookings that the queue server knows. */
export function sampleCodes(bookingCodes: readonly string[]): SampleCode[] {
  const bookings = bookingCodes.map((code, index) => ({ id: `booking-${index + 1}`, label: `Booking ${code}`, text: code }));
  return [...sampleCards.slice(0, 2), ...bookings, ...sampleCards.slice(2)];
}
