import { describe, expect, it, vi } from 'vitest';
import { BootLoader } from '../../../firmware-bridge/flashing/boot-loader.ts';
import { type FlashProgress, programFlash } from '../../../firmware-bridge/flashing/program.ts';
import type { LetanError } from '../../../src/core/errors.ts';
import { BootBoard, bootableFlash, noise } from './boot-board.ts';

/** A busy machine emulates slower than the part runs. */
vi.setConfig({ testTimeout: 120_000 });

const former = noise(3000, 99);
/** STK500v2 orders as they stand in the sixth byte of a frame. */
const orderOf = (frame: Uint8Array) => frame[5];
const programFlashOrder = 0x13;
const leaveOrder = 0x11;

async function signedOn(board: BootBoard): Promise<BootLoader> {
  const loader = new BootLoader({ line: board, clock: board.clock });
  await board.until(loader.signOn(2000));
  await board.until(loader.enterProgramming());
  return loader;
}

async function flash(board: BootBoard, image: Uint8Array, report: (progress: FlashProgress) => void = () => {}): Promise<void> {
  const loader = await signedOn(board);
  await board.until(programFlash(loader, image, report));
  loader.end();
}

const holds = (board: BootBoard, image: Uint8Array) => Buffer.compare(board.mega.readFlash().subarray(0, image.length), image) === 0;
const bootSectionIntact = (board: BootBoard) =>
  Buffer.compare(board.mega.readFlash().subarray(0x3e000), bootableFlash().subarray(0x3e000)) === 0;

/** Whether the board answers as a boot loader now, without being reset. */
async function waitsInBootLoader(board: BootBoard): Promise<boolean> {
  const loader = new BootLoader({ line: board, clock: board.clock });
  const answer = await board.until(loader.signOn(500).catch(() => null));
  loader.end();
  return answer === 'AVRISP_2';
}

describe('the real boot loader', () => {
  it('says who it is', async () => {
    const board = new BootBoard(bootableFlash());
    const loader = await signedOn(board);
    expect(await board.until(loader.readSignature())).toBe('1E9801');
  });

  it.each([1, 255, 256, 257, 1023])('takes an image of %i bytes and leaves the pages behind it as they were', async (length) => {
    const board = new BootBoard(bootableFlash(former));
    const image = noise(length, length);
    await flash(board, image);
    expect(holds(board, image)).toBe(true);
    const pagesEnd = Math.ceil(length / 256) * 256;
    const flashNow = board.mega.readFlash();
    expect(flashNow.subarray(length, pagesEnd).every((byte) => byte === 0xff)).toBe(true);
    expect([...flashNow.subarray(pagesEnd, 3000)]).toEqual([...former.subarray(pagesEnd)]);
    expect(bootSectionIntact(board)).toBe(true);
  });

  it('takes an image with empty pages, pages of 0xFF at the end, and one that erases what was there', async () => {
    const image = new Uint8Array(8 * 256).fill(0xff);
    image.set(noise(300), 0);
    image.set(noise(256 - 33), 4 * 256);
    image[7 * 256 + 254] = 0;
    const board = new BootBoard(bootableFlash(former));
    await flash(board, image);
    expect(holds(board, image)).toBe(true);
  });

  it('takes the whole of 248 KB, through all of RAMPZ', { timeout: 120_000 }, async () => {
    const board = new BootBoard(bootableFlash(former));
    const image = noise(0x3e000, 5);
    const seen: FlashProgress[] = [];
    await flash(board, image, (progress) => seen.push(progress));
    expect(holds(board, image)).toBe(true);
    expect(bootSectionIntact(board)).toBe(true);
    expect(seen.at(-1)).toEqual({ phase: 'verifying', pagesDone: 992, pages: 992 });
  });

  it('starts the program when left', async () => {
    // cli; rjmp . - and PB7 high before it: sbi DDRB,7; sbi PORTB,7
    const program = Uint8Array.of(0x27, 0x9a, 0x2f, 0x9a, 0xf8, 0x94, 0xff, 0xcf);
    const board = new BootBoard(bootableFlash());
    const loader = await signedOn(board);
    await board.until(programFlash(loader, program, () => {}));
    await board.until(loader.leave());
    board.step(150);
    expect(board.mega.outputLevel('B', 7)).toBe(true);
    expect(await waitsInBootLoader(board)).toBe(false);
  });
});

/** Six pages; the orders that write: stand-in, pages 1 to 5, page 0. */
const image = noise(6 * 256 - 5, 17);
const writes = 7;
/** `jmp 0x3E000`. */
const jumpToBootLoader = Uint8Array.of(0x0d, 0x94, 0x00, 0xf0);

describe('cut', () => {
  /** The cable is pulled when the n-th order of a kind is on its way: before it, or so that only its answer is lost. */
  async function cutAt(order: number, nth: number, answerLost: boolean): Promise<{ board: BootBoard; error: LetanError }> {
    const board = new BootBoard(bootableFlash(former));
    let count = 0;
    board.toBoard = (frame) => {
      if (orderOf(frame) !== order) return frame;
      count += 1;
      if (count < nth) return frame;
      board.fromBoard = () => null;
      board.toBoard = () => null;
      queueMicrotask(() => board.closed.emit());
      return answerLost ? frame : null;
    };
    const failure = flash(board, image).then(
      () => null,
      (error: LetanError) => error,
    );
    const error = await failure;
    if (!error) throw new Error('it was not cut');
    board.toBoard = (frame) => frame;
    board.fromBoard = (bytes) => bytes;
    board.step(50); // the order under way is finished by the board alone
    return { board, error };
  }

  const everyWrite = Array.from({ length: writes }, (_, index) => index + 1).flatMap((nth) => [
    { nth, answerLost: false },
    { nth, answerLost: true },
  ]);

  it.each(everyWrite)(
    'at write $nth (answer lost: $answerLost) it waits in its boot loader or is whole, and takes the same image again',
    async ({ nth, answerLost }) => {
      const { board, error } = await cutAt(programFlashOrder, nth, answerLost);
      expect(error.code).toBe('FLASH_LINK_LOST');
      expect(error.detail).toContain('The board can be flashed again');
      expect(error.hint).toContain('run the same command again');
      const complete = nth === writes && answerLost;
      if (complete) expect(holds(board, image)).toBe(true);
      else if (nth > 1) expect(error.detail).toContain('waits in its boot loader');
      // What stands at 0 then leads back into the boot loader; see the test below.
      if (!complete && (nth > 1 || answerLost)) expect(holds(board, jumpToBootLoader)).toBe(true);
      board.mega.reset('external');
      await flash(board, image);
      expect(holds(board, image)).toBe(true);
      expect(bootSectionIntact(board)).toBe(true);
    },
  );

  it('left alone for longer than the 7 s after which the boot loader starts the program, it still waits there', async () => {
    const { board } = await cutAt(programFlashOrder, 4, false);
    board.mega.reset('external');
    board.step(8000);
    expect(await waitsInBootLoader(board)).toBe(true);
  });

  it('before the first write, says that the former program is still there', async () => {
    const { board, error } = await cutAt(0x12, 1, false);
    expect(error.detail).toContain('nothing was changed, it still holds its former program');
    expect(holds(board, former)).toBe(true);
  });

  it('by a power failure in the middle of a page: the half-written page is written anew', async () => {
    const board = new BootBoard(bootableFlash(former));
    let count = 0;
    board.toBoard = (frame) => {
      if (orderOf(frame) === programFlashOrder) count += 1;
      if (count === 4) {
        // 272 characters take 4.1 ms here, then the page is erased, then written, 0.5 ms each.
        board.mega.schedule(Math.round(16_000 * 4.6), () => board.mega.reset('powerOn'));
        count += 1;
      }
      return frame;
    };
    const loader = await signedOn(board);
    // The boot loader comes back by itself, has forgotten what it erased, and everything is written anew.
    await board.until(programFlash(loader, image, () => {}));
    expect(holds(board, image)).toBe(true);
  });
});

describe('a line that loses and damages', () => {
  it('an order or an answer lost, or a bit flipped on either way: what is written is right nevertheless', async () => {
    for (const victim of [3, 8, 15]) {
      for (const way of ['toBoard', 'fromBoard'] as const) {
        const board = new BootBoard(bootableFlash(former));
        let count = 0;
        board[way] = (bytes) => {
          if (bytes.length === 0) return bytes;
          count += 1;
          if (count !== victim) return bytes;
          return victim % 2 === 0 ? null : Uint8Array.from(bytes, (byte, index) => (index === 6 ? byte ^ 0x10 : byte));
        };
        await flash(board, image);
        expect(holds(board, image)).toBe(true);
      }
    }
  });

  it('a flash that does not take a bit is found by reading back, and no half program is started', async () => {
    const board = new BootBoard(bootableFlash(former));
    let written = 0;
    board.toBoard = (frame) => {
      if (orderOf(frame) !== programFlashOrder) return frame;
      written += 1;
      if (written !== 4) return frame;
      // The checksum fits, so the boot loader writes the wrong byte, as a worn cell would hold it.
      return Uint8Array.from(frame, (byte, index) => (index === 40 || index === frame.length - 1 ? byte ^ 1 : byte));
    };
    await expect(flash(board, image)).rejects.toMatchObject({
      code: 'FLASH_VERIFY',
      detail: expect.stringMatching(/^at 0x00319 the flash holds \d+ instead of \d+; the board waits in its boot loader$/),
    });
    expect(holds(board, jumpToBootLoader)).toBe(true);
  });
});

it('saves the order to load an address wherever the boot loader already stands there', async () => {
  const board = new BootBoard(bootableFlash());
  await flash(board, image);
  const loads = board.sent.filter((frame) => orderOf(frame) === 0x06).length;
  expect(loads).toBe(5); // for the stand-in, writing from page 1 on, reading from page 1 on, writing page 0, reading page 0
  expect(board.sent.filter((frame) => orderOf(frame) === leaveOrder)).toHaveLength(0);
});
