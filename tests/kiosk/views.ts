import { menuChoices } from '../../src/behaviour/events.ts';
import { priorityClasses, type Service, type Ticket } from '../../src/behaviour/model.ts';
import type { Language } from '../../src/core/language.ts';
import type { ProcedureCatalogue } from '../../src/kiosk/catalogue.ts';
import type { KioskView, Screen, ScreenName, ShownPerson } from '../../src/kiosk/view.ts';

/** Hand-made views of every screen, with long texts where the real ones are long. All names and numbers are invented. */

const service = (serviceId: string, prefix: string, name: Service['name'], over: Partial<Service> = {}): Service => ({
  serviceId,
  prefix,
  name,
  open: true,
  hours: '07:30-17:00',
  waitingCount: 4,
  estimatedWaitMin: 12,
  procedureCodes: [],
  ...over,
});

export const services: Service[] = [
  service('certification', 'A', { vi: 'Chứng thực bản sao, chữ ký', en: 'Certified copies and signatures', ko: '사본 및 서명 인증' }),
  service(
    'civil',
    'B',
    { vi: 'Hộ tịch: khai sinh, kết hôn, khai tử', en: 'Births, marriages and deaths', ko: '출생, 혼인, 사망 신고' },
    { waitingCount: 1, estimatedWaitMin: 3 },
  ),
  service('residence', 'C', { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' }, { waitingCount: 0, estimatedWaitMin: 0 }),
  service(
    'business',
    'D',
    { vi: 'Đăng ký hộ kinh doanh', en: 'Household business', ko: '가구사업 등록' },
    { open: false, hours: '13:30-16:30' },
  ),
];

const ticket: Ticket = {
  ticketId: '01J0000000000000000000TEST',
  number: 'B017',
  serviceId: 'civil',
  serviceName: { vi: 'Hộ tịch: khai sinh, kết hôn, khai tử', en: 'Births, marriages and deaths', ko: '출생, 혼인, 사망 신고' },
  followedBy: [],
  priorityClass: 'elderly',
  waitingCount: 4,
  estimatedWaitMin: 12,
  issuedAt: '2026-01-05T08:00:00+07:00',
  offline: false,
};

/** Nobody's: a circle and two lines. */
const drawnFace =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 40"%3E%3Crect width="30" height="40" fill="%23dde"/%3E%3Ccircle cx="15" cy="15" r="8" fill="%23966"/%3E%3Cpath d="M3 40c0-12 24-12 24 0" fill="%23446"/%3E%3C/svg%3E';

const people: ShownPerson[] = [
  {
    fullName: 'Nguyễn Thị Thử Nghiệm',
    maskedIdNumber: '••••••••1234',
    birthDate: '1961-09-02',
    chip: { verdict: 'intact', portrait: drawnFace },
  },
  { fullName: 'Trần Văn Mẫu', maskedIdNumber: '••••••••5678', birthDate: '1958-04-30', chip: null },
];

/** One of each; the compiler asks for the missing ones. */
export const screens: { [Name in ScreenName]: Extract<Screen, { name: Name }> } = {
  attract: { name: 'attract' },
  greeting: { name: 'greeting' },
  language: { name: 'language' },
  menu: { name: 'menu', choices: [...menuChoices] },
  services: { name: 'services', services, priorityClasses: [...priorityClasses] },
  procedures: { name: 'procedures' },
  procedure: { name: 'procedure', code: '1.000001', serviceId: 'civil' },
  bookingScan: { name: 'bookingScan', error: { code: 'BOOKING_UNKNOWN', detail: 'made by hand' } },
  ticketReserving: { name: 'ticketReserving' },
  ticketPrinting: { name: 'ticketPrinting', ticket },
  ticketIssued: { name: 'ticketIssued', ticket },
  ticketFailed: { name: 'ticketFailed', error: { code: 'PRINTER_PAPER_END', detail: 'made by hand' } },
  waterOffer: { name: 'waterOffer', volumeMl: 150 },
  waterDispensing: { name: 'waterDispensing', dispensedMl: 83.4, volumeMl: 150 },
  waterFailed: { name: 'waterFailed', error: { code: 'DISPENSE_CUP_MISSING', detail: 'made by hand' } },
  snackDispensing: { name: 'snackDispensing' },
  snackFailed: { name: 'snackFailed', error: { code: 'SNACK_NOT_DROPPED', detail: 'made by hand' } },
  registrationScan: {
    name: 'registrationScan',
    personNumber: 2,
    mayTypeNumber: true,
    error: { code: 'CARD_QR_INVALID', detail: 'made by hand' },
  },
  registrationConsent: { name: 'registrationConsent', readsChip: true, showsPortrait: true },
  registrationNumber: { name: 'registrationNumber' },
  registrationChip: { name: 'registrationChip', stage: 'reading', maySkip: true },
  registrationChipFailed: { name: 'registrationChipFailed', error: { code: 'CHIP_REMOVED', detail: 'made by hand' }, maySkip: true },
  registrationConfirm: { name: 'registrationConfirm', people, mayAddPerson: true },
  registrationSending: { name: 'registrationSending' },
  registrationDone: { name: 'registrationDone' },
  feedback: { name: 'feedback' },
  feedbackDone: { name: 'feedbackDone' },
  petition: { name: 'petition' },
  petitionSending: { name: 'petitionSending' },
  petitionDone: { name: 'petitionDone', receiptNumber: 'PA-2026-000123', printed: false },
  serviceFailed: { name: 'serviceFailed', error: { code: 'REQUEST_TIMEOUT', detail: 'made by hand' } },
  thanks: { name: 'thanks' },
};

const wards: Record<Language, string> = { vi: 'Phường Thử Nghiệm', en: 'Test ward', ko: '시험 동' };
let revision = 0;

export function viewOf(screen: Screen, language: Language, over: Partial<KioskView> = {}): KioskView {
  const idle = screen.name === 'attract';
  return {
    revision: ++revision,
    robotName: 'Mai',
    wardName: wards[language],
    language,
    screen,
    countdown: idle ? null : { totalMs: 90_000, remainingMs: 54_000 },
    canGoBack: !idle,
    canExit: !idle,
    call: null,
    serving: [
      { counter: 1, ticketNumber: 'A012' },
      { counter: 2, ticketNumber: 'B016' },
      { counter: 3, ticketNumber: 'C003' },
    ],
    missed: [],
    announcement: null,
    safety: { stopped: false, cause: null, latched: false, eStopOpen: false },
    online: true,
    boardConnected: true,
    paused: false,
    halted: false,
    restarting: false,
    driving: false,
    ...over,
  };
}

const call = {
  callId: '01J0000000000000000000CALL',
  ticketNumber: 'B017',
  counter: 2,
  sequence: 2,
  kind: 'recall',
  expiresAtMs: 0,
} as const;

/** Nearly as long as the contract lets one be. */
const announcement = {
  vi: 'Chiều nay từ 15 giờ bộ phận một cửa tạm ngừng tiếp nhận hồ sơ đất đai để bảo trì hệ thống. Xin mời Quý công dân quay lại vào sáng mai, hoặc liên hệ quầy số 4 để được hướng dẫn. Xin cảm ơn!',
  en: 'From 3 pm today land files cannot be taken in because the system is being maintained. Please come back tomorrow morning, or ask at counter 4. Thank you for your understanding!',
  ko: '오늘 오후 3시부터 시스템 점검으로 토지 관련 서류를 접수하지 않습니다. 내일 오전에 다시 방문하시거나 4번 창구에 문의해 주시기 바랍니다. 감사합니다!',
};

/** What may lie over or beside a screen. */
export const situations: Record<string, { screen: Screen; over: Partial<KioskView> }> = {
  call: { screen: screens.attract, over: { call } },
  'first-call': { screen: screens.menu, over: { call: { ...call, kind: 'call' } } },
  stop: { screen: screens.menu, over: { safety: { stopped: true, cause: 'bumperLeft', latched: true, eStopOpen: false } } },
  'e-stop': { screen: screens.attract, over: { safety: { stopped: true, cause: 'eStop', latched: true, eStopOpen: true } } },
  'board-gone-and-offline': { screen: screens.menu, over: { boardConnected: false, online: false } },
  'obstacle-while-driving': {
    screen: screens.attract,
    over: { driving: true, safety: { stopped: true, cause: 'obstacleFront', latched: false, eStopOpen: false } },
  },
  transfer: { screen: screens.attract, over: { call: { ...call, kind: 'transfer', ticketNumber: 'W888' } } },
  'walk-direct': { screen: screens.attract, over: { call: { ...call, kind: 'walkDirect', counter: 12 } } },
  'announcement-idle': { screen: screens.attract, over: { announcement } },
  'announcement-during-visit': { screen: screens.services, over: { announcement } },
  missed: {
    screen: screens.attract,
    over: {
      serving: [1, 2, 3, 4, 5, 6].map((counter) => ({ counter, ticketNumber: `A01${counter}` })),
      missed: [1, 2, 3, 4, 5, 6].map((number) => ({ ticketNumber: `B00${number}`, counter: number === 3 ? null : number + 4 })),
    },
  },
  'chain-ticket': {
    screen: {
      ...screens.ticketIssued,
      ticket: {
        ...ticket,
        priorityClass: 'withChild',
        followedBy: services.map(({ serviceId, name }) => ({ serviceId, serviceName: name })),
      },
    },
    over: {},
  },
  halted: { screen: screens.attract, over: { halted: true } },
  restarting: { screen: screens.attract, over: { restarting: true } },
  paused: { screen: screens.attract, over: { paused: true } },
  driving: { screen: screens.attract, over: { driving: true } },
  'no-numbers-yet': { screen: screens.attract, over: { serving: [] } },
  'nearly-out-of-time': { screen: screens.services, over: { countdown: { totalMs: 30_000, remainingMs: 8_000 } } },
  'offline-ticket': { screen: { ...screens.ticketIssued, ticket: { ...ticket, offline: true } }, over: { online: false } },
  'no-service-open': { screen: { ...screens.services, services: [] }, over: {} },
};

/** Stands in for the knowledge room; ignores diacritics as that does. */
export const fakeCatalogue: ProcedureCatalogue = {
  search: (query, language) => {
    const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').toLowerCase();
    const names = {
      vi: ['Đăng ký khai sinh', 'Đăng ký kết hôn', 'Xác nhận tình trạng hôn nhân', 'Đăng ký thường trú', 'Đăng ký tạm trú'],
      en: ['Birth registration', 'Marriage registration', 'Certificate of marital status', 'Permanent residence', 'Temporary residence'],
      ko: ['출생 신고', '혼인 신고', '혼인 상태 확인', '상주 등록', '임시거주 등록'],
    }[language];
    return names.map((name, index) => ({ code: `1.00000${index + 1}`, name })).filter(({ name }) => fold(name).includes(fold(query)));
  },
  detail: (code, language) =>
    code === '1.000001'
      ? {
          code,
          name: { vi: 'Đăng ký khai sinh', en: 'Birth registration', ko: '출생 신고' }[language],
          documents: ['Tờ khai theo mẫu', 'Giấy chứng sinh, hoặc văn bản của người làm chứng', 'Giấy tờ tùy thân của người đi đăng ký'],
          whoMayApply: 'Cha, mẹ, ông, bà hoặc người thân thích khác, trong 60 ngày',
          processingTime: 'Trong ngày; nhận sau 15 giờ thì trả ngày làm việc tiếp theo',
          fee: 'Không thu khi đăng ký đúng hạn; quá hạn theo mức của tỉnh',
          legalNote: 'Văn bản thử nghiệm số 1',
          decision: '0001/QĐ-TEST',
          dataDate: '2026-01-05',
        }
      : null,
};
