/** What one printer model can do. Sizes in dots; 203 dpi is 8 dots per mm. */
export interface PrinterProfile {
  name: PrinterProfileName;
  widthDots: 576 | 384;
  dotsPerMm: 8;
  /** Cells of the resident fonts, dots. */
  fontA: { widthDots: 12; heightDots: 24 };
  fontB: { widthDots: 9; heightDots: 17 };
  /** How the printer says that paper is out: Epson's process id response (GS ( H). */
  confirmation: 'processId';
  /** QR symbols come from the printer's own command (GS ( k). */
  qrModuleDots: number;
}

export const printerProfileNames = ['epson-80mm', 'epson-58mm'] as const;
export type PrinterProfileName = (typeof printerProfileNames)[number];

const epson = {
  dotsPerMm: 8,
  fontA: { widthDots: 12, heightDots: 24 },
  fontB: { widthDots: 9, heightDots: 17 },
  confirmation: 'processId',
} as const;

export const printerProfiles: Record<PrinterProfileName, PrinterProfile> = {
  'epson-80mm': { name: 'epson-80mm', widthDots: 576, qrModuleDots: 7, ...epson },
  'epson-58mm': { name: 'epson-58mm', widthDots: 384, qrModuleDots: 6, ...epson },
};
