import type { SampleCode } from './controls.ts';

/**
 * Invented citizens whose names say so ("Mẫu" is sample, "Ví Dụ" is example); numbers and addresses belong to nobody. The first is a
 * card of 2024 (eleven fields), the second one of 2021 (seven), the third unreadable.
 */
export const sampleCards: readonly SampleCode[] = [
  {
    id: 'card-first',
    label: 'Card of Nguyễn Thị Mẫu',
    text: '079190012345||Nguyễn Thị Mẫu|15011990|Nữ|1 Đường A, Phường Cửa Nam, Hà Nội|02082024||||',
  },
  {
    id: 'card-second',
    label: 'Card of Trần Văn Ví Dụ',
    text: '001088000123|012345678|Trần Văn Ví Dụ|30041988|Nam|1 Đường A, Phường Cửa Nam, Hà Nội|10052021',
  },
  { id: 'card-damaged', label: 'Damaged card', text: '0791900||Nguyễn Thị|15011990|N|1 Đường|02082024' },
];

/** Codes to offer on the page: the invented cards, and the bookings that the queue server knows. */
export function sampleCodes(bookingCodes: readonly string[]): SampleCode[] {
  const bookings = bookingCodes.map((code, index) => ({ id: `booking-${index + 1}`, label: `Booking ${code}`, text: code }));
  return [...sampleCards.slice(0, 2), ...bookings, ...sampleCards.slice(2)];
}
