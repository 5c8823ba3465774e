const hours = '07:30-11:30, 13:30-17:00';

/** What the ward of `npm start` serves, at any hour. */
export const defaultWard = {
  opening: 'byHand',
  sampleBookings: true,
  services: [
    {
      serviceId: 'certification',
      prefix: 'A',
      name: { vi: 'Chứng thực', en: 'Certification', ko: '공증' },
      hours,
      usualServiceMin: 4,
      procedureCodes: ['2.000815', '2.000884'],
    },
    {
      serviceId: 'civil-status',
      prefix: 'B',
      name: { vi: 'Hộ tịch', en: 'Civil status', ko: '가족관계 등록' },
      hours,
      usualServiceMin: 9,
      procedureCodes: ['1.001193', '1.000894', '1.004873', '1.000656', '2.000635', '1.004884', '1.001022'],
    },
    {
      serviceId: 'residence',
      prefix: 'C',
      name: { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' },
      hours,
      usualServiceMin: 8,
      procedureCodes: ['1.004222', '1.004194', '1.010038'],
    },
    {
      serviceId: 'business',
      prefix: 'D',
      name: { vi: 'Kinh doanh và an sinh', en: 'Business and welfare', ko: '사업·복지' },
      hours,
      usualServiceMin: 10,
      procedureCodes: ['1.001612', '1.011607'],
    },
  ],
  counters: [
    { counter: 1, serviceIds: ['certification', 'civil-status'] },
    { counter: 2, serviceIds: ['civil-status', 'residence'] },
    { counter: 3, serviceIds: ['residence', 'business', 'certification'] },
  ],
};
