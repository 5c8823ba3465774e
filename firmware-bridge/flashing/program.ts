import { LetanError } from '../../src/core/errors.ts';
import { type BootLoader, pageBytes } from './boot-loader.ts';

/**
 * The board starts whatever stands at address 0, half an image too. So the first page to be written is a stand-in that jumps back
 * into the boot loader, and the image's own first page is written last, when all others have been read back. The boot loader erases
 * pages in ascending order only, one with each page written; `restartErasing` lets it begin at page 0 a second time.
 */
const standIn = Uint8Array.of(0x0d, 0x94, 0x00, 0xf0); // jmp 0x3E000

/** The boot loader's own section begins here. */
export const programLimitBytes = 0x3e000;
/** So many bytes of 0xFF at a page's end cost more on the line than the order to load an address, which a short page needs. */
const worthTrimming = 32;
/** A lost answer leaves the boot loader's erasing where nobody knows, so everything is written anew. So often. */
const rounds = 3;
const signOnAgainMs = 3000;

export interface FlashProgress {
  phase: 'writing' | 'verifying';
  /** 0 to `pages`. */
  pagesDone: number;
  pages: number;
}

/** What a cut would leave on the board now. */
type OnBoard = 'the former program' | 'no program' | 'the new program';

const even = (length: number): number => length + (length % 2);

/** The bytes of a page up to its last that is not 0xFF, at least one word; the erased flash has the rest already. */
function trimmed(page: Uint8Array): Uint8Array {
  let length = page.length;
  while (length > 0 && page[length - 1] === 0xff) length -= 1;
  return pageBytes - length < worthTrimming ? page : page.subarray(0, Math.max(2, even(length)));
}

/** Cuts an image into pages of 256 bytes, the last one filled up with 0xFF. */
export function pagesOf(image: Uint8Array): Uint8Array[] {
  const padded = new Uint8Array(Math.ceil(image.length / pageBytes) * pageBytes).fill(0xff);
  padded.set(image);
  return Array.from({ length: padded.length / pageBytes }, (_, index) => padded.subarray(index * pageBytes, (index + 1) * pageBytes));
}

const differs = (a: Uint8Array, b: Uint8Array): number => a.findIndex((byte, index) => byte !== b[index]);

class Programming {
  onBoard: OnBoard = 'the former program';
  pagesDone = 0;
  private readonly loader: BootLoader;
  private readonly pages: readonly Uint8Array[];
  private readonly report: (progress: FlashProgress) => void;

  constructor(loader: BootLoader, pages: readonly Uint8Array[], report: (progress: FlashProgress) => void) {
    this.loader = loader;
    this.pages = pages;
    this.report = report;
  }

  async run(): Promise<void> {
    this.pagesDone = 0;
    await this.writeFirst(standIn);
    for (const [index, page] of this.pages.entries()) {
      if (index === 0) continue;
      await this.loader.program(index * pageBytes, trimmed(page));
      this.done('writing');
    }
    for (let index = 1; index < this.pages.length; index += 1) {
      await this.verify(index);
      this.done('verifying', index);
    }
    await this.writeFirst(trimmed(this.pages[0] ?? new Uint8Array(0)));
    this.onBoard = 'the new program';
    this.done('writing');
    await this.verify(0).catch(async (error: unknown) => {
      if (error instanceof LetanError && error.code === 'FLASH_VERIFY') await this.writeFirst(standIn);
      throw error;
    });
    this.done('verifying', this.pages.length);
  }

  /** From the erasing on there is no program. */
  private async writeFirst(data: Uint8Array): Promise<void> {
    await this.loader.restartErasing();
    this.onBoard = 'no program';
    await this.loader.program(0, data);
  }

  private async verify(index: number): Promise<void> {
    const wanted = this.pages[index] ?? new Uint8Array(0);
    const read = await this.readPatiently(index * pageBytes, wanted.length);
    const at = differs(wanted, read);
    if (at < 0) return;
    const where = (index * pageBytes + at).toString(16).padStart(5, '0');
    const detail = `at 0x${where} the flash holds ${read[at]} instead of ${wanted[at]}; the board waits in its boot loader`;
    throw new LetanError('FLASH_VERIFY', detail);
  }

  /** Reading changes nothing, so it may be repeated. */
  private async readPatiently(address: number, length: number): Promise<Uint8Array> {
    try {
      return await this.loader.read(address, length);
    } catch (error) {
      if (!isTransient(error)) throw error;
      await this.loader.signOn(signOnAgainMs);
      return this.loader.read(address, length);
    }
  }

  private done(phase: FlashProgress['phase'], pagesDone = this.pagesDone + 1): void {
    if (phase === 'writing') this.pagesDone = pagesDone;
    this.report({ phase, pagesDone, pages: this.pages.length });
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof LetanError && (error.code === 'REQUEST_TIMEOUT' || error.code === 'BOARD_REJECTED');

/** What to say when the link is gone: where it happened, what is on the board, how to go on. */
function lost(programming: Programming, pages: number, error: LetanError): LetanError {
  const state = {
    'the former program': 'nothing was changed, it still holds its former program',
    'no program': 'it holds no whole program and therefore waits in its boot loader, everything switched off',
    'the new program': 'all of it was written, the check of the first page is missing',
  }[programming.onBoard];
  const detail = `after page ${programming.pagesDone} of ${pages}: ${error.detail}. The board can be flashed again: ${state}`;
  return new LetanError('FLASH_LINK_LOST', detail, { cause: error });
}

/**
 * Writes `image` (from address 0, 1 to 253952 bytes) and reads all of it back. Cut at any point, the board waits in its boot loader
 * or holds a whole program. Rejects with `FLASH_LINK_LOST` or `FLASH_VERIFY`.
 */
export async function programFlash(loader: BootLoader, image: Uint8Array, report: (progress: FlashProgress) => void): Promise<void> {
  const pages = pagesOf(image);
  const programming = new Programming(loader, pages, report);
  for (let round = 1; ; round += 1) {
    try {
      await programming.run();
      return;
    } catch (error) {
      if (!(error instanceof LetanError) || error.code === 'FLASH_VERIFY') throw error;
      if (!isTransient(error) || round === rounds) throw lost(programming, pages.length, error);
      await loader.signOn(signOnAgainMs).catch((silent: unknown) => {
        throw silent instanceof LetanError ? lost(programming, pages.length, silent) : silent;
      });
    }
  }
}
