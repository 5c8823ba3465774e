import { statSync } from 'node:fs';

/** Names the device behind a path, or tells that there is none. */
export type DeviceAt = (path: string) => string | null;

/** Looks for a device are this far apart: with its opening or closing, an unplug and a re-plug are known well within a second. */
export const deviceLookMs = 250;

/**
 * Names the device file behind `path`, links followed; null when nothing is there. A part that is plugged in again has another name even
 * at the same path: while a program holds the old file open, the kernel gives its numbers to no other. Synchronous, some 5 µs in /dev, so
 * that a busy thread pool cannot delay it.
 */
export const deviceAt: DeviceAt = (path) => {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? `${stats.dev}:${stats.ino}:${stats.rdev}` : null;
  } catch {
    return null;
  }
};
