import { emptyBitmap, setDot } from '../../../hardware/printer/bitmap.ts';
import { compilePaper, cutOff, setUp } from '../../../hardware/printer/compile.ts';
import { raster } from '../../../hardware/printer/escpos.ts';
import type { PrintJob } from '../../../hardware/printer/printer.ts';
import { type PrinterProfileName, printerProfiles } from '../../../hardware/printer/profiles.ts';
import { settle, setUpBench } from '../../hardware/printer/bench-printer.ts';
import { pixelsOf } from '../../hardware/printer/pictures.ts';

/** White around the simulated printer's pictures, dots. */
const marginDots = 24;
const realTimeStatus = 0x10;

export interface TicketBytes {
  /** All that the driver sent for the paper: set-up, paper, requests for confirmation, cut. */
  sent: number;
  /** The same paper as one picture, as a driver without bands would send it. */
  fullRaster: number;
}

/** What one paper costs on the line, counted there; the picture is what came out of the simulated printer. */
export async function measureBytes(profile: PrinterProfileName, job: Omit<PrintJob, 'processId'>): Promise<TicketBytes> {
  const { clock, cable, simulator, printer } = await setUpBench({ profile });
  const before = cable.sent.length;
  const outcome = await settle(clock, printer.print({ processId: 'T001', ...job }));
  await printer.close();
  const paper = simulator.papers[0];
  if ('thrown' in outcome || !paper) throw new Error(`${profile} printed nothing`);
  const sent = cable.sent.slice(before).filter((bytes) => bytes[0] !== realTimeStatus);
  const { data, width } = await pixelsOf(paper.png);
  const whole = emptyBitmap(paper.widthDots, paper.heightDots);
  let lastInk = 0;
  for (let y = 0; y < paper.heightDots; y += 1) {
    for (let x = 0; x < paper.widthDots; x += 1) {
      if ((data[((y + marginDots) * width + x + marginDots) * 4] ?? 255) >= 128) continue;
      setDot(whole, x, y);
      lastInk = y;
    }
  }
  const heightDots = lastInk + 1;
  const picture = raster({ ...whole, heightDots, data: whole.data.subarray(0, (heightDots * paper.widthDots) / 8) });
  const profileOf = printerProfiles[profile];
  return {
    sent: sent.reduce((sum, bytes) => sum + bytes.length, 0),
    fullRaster: setUp(profileOf).bytes.length + picture.length + cutOff(profileOf).bytes.length,
  };
}

/** Drawing alone, ms: one ticket into bytes. */
export async function measureDrawing(profile: PrinterProfileName, job: Omit<PrintJob, 'processId'>, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    await compilePaper(job.lines, printerProfiles[profile]);
    times.push(performance.now() - startMs);
  }
  return times;
}
