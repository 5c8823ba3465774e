import { describe, expect, it } from 'vitest';
import type { SharePoint } from '../../../hardware/touchscreen/calibration.ts';
import { openTouchscreen } from '../../../hardware/touchscreen/touchscreen.driver.ts';
import { MemoryHidBus } from '../../../simulators/hid/memory-hid-bus.ts';
import { TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { Dialogue } from '../../../src/technician/calibrate/dialogue.ts';
import { calibrateTouchscreen } from '../../../src/technician/calibrate/touchscreen.ts';

type Glass = (place: SharePoint) => SharePoint;

/** A panel glued on turned by 180 degrees, 4 % smaller than the picture and a little off. */
const turned: Glass = ({ x, y }) => ({ x: 0.97 - 0.96 * x, y: 0.99 - 0.96 * y });

/** Somebody who touches whatever target is shown, through a panel with the given `glass`. */
async function hall(
  glass: Glass,
  { jitterShare = 0.002, screen = { widthPx: 1920, heightPx: 1080 } as { widthPx: number; heightPx: number } | null } = {},
) {
  const clock = new SimulatedClock();
  const bus = new MemoryHidBus();
  const panel = new TouchPanelSimulator('hybrid');
  bus.plug(panel);
  const touchscreen = openTouchscreen({}, { clock, logger: silentLogger, backend: bus });
  await clock.advanceAsync(20);
  const random = new SeededRandom(3);
  const told: string[] = [];
  const shown: (SharePoint | null)[] = [];
  const dialogue: Dialogue = {
    tell: (text) => void told.push(text),
    ready: () => Promise.resolve(),
    number: () => Promise.reject(new Error('nothing is asked')),
    confirm: () => Promise.reject(new Error('nothing is asked')),
  };
  const targets = { preparation: 'open the page', screen, show: (target: SharePoint | null) => void shown.push(target) };
  const feel = (contactId: number, place: SharePoint) => {
    const jitter = () => (random.next() - 0.5) * 2 * jitterShare;
    const { x, y } = glass({ x: place.x + jitter(), y: place.y + jitter() });
    return { contactId, x, y };
  };
  const press = (place: SharePoint) => {
    for (let n = 0; n < 8; n += 1) {
      panel.touch([feel(2, place)]);
      clock.advance(10);
    }
    panel.lift();
  };
  /** Presses what is shown until the work is over. */
  const finish = async <T>(work: Promise<T>, hand = press): Promise<T> => {
    let over = false;
    const settled = work.finally(() => {
      over = true;
    });
    settled.catch(() => {});
    for (let n = 0; n < 500 && !over; n += 1) {
      await clock.advanceAsync(200, 100);
      const target = shown.at(-1);
      if (target && !over) hand(target);
    }
    if (!over) throw new Error('not finished');
    await touchscreen.close();
    return settled;
  };
  return { bench: { touchscreen, clock, dialogue, targets }, bus, panel, told, shown, finish, press, feel, clock };
}

describe('letan calibrate touchscreen', () => {
  it('five targets, three touches each, give what makes the panel right, to a pixel or two, and show spread and residual', async () => {
    const { bench, finish, told, shown, clock } = await hall(turned);
    const { by, values, measured } = await finish(calibrateTouchscreen(bench, { touches: 3 }));
    expect(by).toBe('touchscreen');
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values.touchMatrix ?? [];
    for (const place of [
      { x: 0, y: 0 },
      { x: 1, y: 0.5 },
      { x: 0.3, y: 0.8 },
    ]) {
      const { x, y } = turned(place);
      expect(Math.abs(a * x + b * y + c - place.x) * 1920).toBeLessThan(4);
      expect(Math.abs(d * x + e * y + f - place.y) * 1080).toBeLessThan(4);
    }
    expect(shown).toEqual([{ x: 0.1, y: 0.1 }, { x: 0.9, y: 0.1 }, { x: 0.9, y: 0.9 }, { x: 0.1, y: 0.9 }, { x: 0.5, y: 0.5 }, null]);
    expect(measured).toHaveLength(6);
    expect(measured[0]).toMatch(/^top left +3 touches {2}87\.\d %, 89\.\d % of the panel ± \d\.\d px$/);
    expect(told.join('\n')).toMatch(/residual \d\.\d px \(.*\) on 1920 x 1080/);
    expect(clock.pendingCount).toBe(0);
  });

  it('a slid finger and two fingers are touched again', async () => {
    const { bench, finish, told, panel, press, feel } = await hall(turned);
    let touches = 0;
    const clumsy = (target: SharePoint) => {
      touches += 1;
      if (touches === 1) {
        panel.touch([feel(1, target), feel(2, { x: 0.3, y: 0.3 })]);
        panel.lift();
      } else if (touches === 2) {
        panel.touch([feel(1, target)]);
        panel.touch([feel(1, { x: target.x + 0.1, y: target.y })]);
        panel.lift();
      } else press(target);
    };
    const { values } = await finish(calibrateTouchscreen(bench, { touches: 1 }), clumsy);
    expect(touches).toBe(7);
    expect(told.filter((line) => line.includes('touch again'))).toHaveLength(2);
    expect(values.touchMatrix?.[0]).toBeCloseTo(-1 / 0.96, 1);
  });

  it('a target that was missed, a hand that shakes, a panel bent in one corner are refused', async () => {
    const missing = await hall(turned);
    const beside = (target: SharePoint) => missing.press(target.x > 0.5 && target.y > 0.5 ? { x: 0.75, y: 0.8 } : target);
    await expect(missing.finish(calibrateTouchscreen(missing.bench, { touches: 2 }), beside)).rejects.toMatchObject({
      code: 'CALIBRATION_IMPLAUSIBLE',
      detail: expect.stringContaining('missed by'),
    });
    const shaking = await hall(turned);
    let n = 0;
    const shake = ({ x, y }: SharePoint) => shaking.press({ x: x + (n++ % 2) * 0.08, y });
    await expect(shaking.finish(calibrateTouchscreen(shaking.bench, { touches: 4 }), shake)).rejects.toMatchObject({
      code: 'CALIBRATION_IMPLAUSIBLE',
      detail: expect.stringContaining('top left'),
    });
    const point = await hall(() => ({ x: 0.5, y: 0.5 }));
    await expect(point.finish(calibrateTouchscreen(point.bench, { touches: 1 }))).rejects.toMatchObject({
      code: 'CALIBRATION_IMPLAUSIBLE',
    });
  });

  it('an unplugged panel, nobody at the panel, and a page that is not open end it with their codes', async () => {
    const unplugged = await hall(turned);
    const pull = () => unplugged.bus.unplug(unplugged.panel);
    await expect(unplugged.finish(calibrateTouchscreen(unplugged.bench, { touches: 1 }), pull)).rejects.toMatchObject({
      code: 'TOUCHSCREEN_OFFLINE',
    });
    expect(unplugged.shown.at(-1)).toBeNull();
    const alone = await hall(turned);
    await expect(alone.finish(calibrateTouchscreen(alone.bench, { touches: 1 }), () => {})).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
    });
    const closed = await hall(turned, { screen: null });
    await expect(closed.finish(calibrateTouchscreen(closed.bench, { touches: 1 }))).rejects.toMatchObject({
      code: 'CALIBRATION_IMPLAUSIBLE',
      detail: expect.stringContaining('page'),
    });
  });
});
