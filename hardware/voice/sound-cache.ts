import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/logger.ts';
import { mendWav, type Sound } from './wav.ts';

/** The sentences of an hour of calls in three languages, 150-250 kB each, and every fixed phrase. */
const memoryLimitBytes = 8 * 1024 * 1024;
/** Twenty-one fixed phrases at three loudnesses. */
const fileLimit = 64;
const digestBytes = 32;

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();

/**
 * Sounds by what they were made of. In memory the least recently used ones give way; on disk, where the caller asks for it, the least
 * recently used files. A file is the SHA-256 of a WAV and the WAV; one that does not fit its digest (a power cut, a worn card) is
 * removed and counts as missing. Nothing here ever throws: a cache that cannot be used costs 25 ms a sentence.
 */
export class SoundCache {
  private readonly memory = new Map<string, Sound>();
  private memoryBytes = 0;
  private readonly folder: string | null;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private parts = 0;
  private warned = false;

  /** `folder`: of this cache alone; null keeps nothing on disk. */
  constructor(options: { folder: string | null; clock: Clock; logger: Logger }) {
    this.folder = options.folder;
    this.clock = options.clock;
    this.logger = options.logger;
  }

  async find(key: string, keep: 'disk' | 'memory'): Promise<Sound | null> {
    const held = this.memory.get(key);
    if (held) {
      this.hold(key, held);
      return held;
    }
    const sound = keep === 'disk' ? await this.read(key) : null;
    if (sound) this.hold(key, sound);
    return sound;
  }

  async add(key: string, keep: 'disk' | 'memory', sound: Sound): Promise<void> {
    this.hold(key, sound);
    if (keep === 'disk') await this.write(key, sound);
  }

  /** Bytes held in memory. */
  get heldBytes(): number {
    return this.memoryBytes;
  }

  private hold(key: string, sound: Sound): void {
    this.forget(key);
    // A map keeps the order of insertion: the first entry is the least recently used.
    this.memory.set(key, sound);
    this.memoryBytes += sound.wav.length;
    for (const oldest of this.memory.keys()) {
      if (this.memoryBytes <= memoryLimitBytes) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.memoryBytes -= this.memory.get(key)?.wav.length ?? 0;
    this.memory.delete(key);
  }

  private fileOf(folder: string, key: string): string {
    return join(folder, `${sha256(key).toString('hex')}.sound`);
  }

  private async read(key: string): Promise<Sound | null> {
    if (this.folder === null) return null;
    const file = this.fileOf(this.folder, key);
    try {
      const bytes = await readFile(file);
      const wav = bytes.subarray(digestBytes);
      const sound = sha256(wav).equals(bytes.subarray(0, digestBytes)) ? mendWav(wav) : null;
      if (!sound) {
        this.logger.info({ file }, 'a kept sound is damaged and is made anew');
        await rm(file, { force: true });
        return null;
      }
      await this.touch(file);
      return sound;
    } catch {
      return null;
    }
  }

  /** The time of a file is that of its last use. */
  private touch(file: string): Promise<void> {
    const seconds = this.clock.nowMs() / 1000;
    return utimes(file, seconds, seconds);
  }

  private async write(key: string, sound: Sound): Promise<void> {
    if (this.folder === null) return;
    // Counted anew in every start: what a power cut left is written over.
    const part = join(this.folder, `${this.parts++}.part`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(part, Buffer.concat([sha256(sound.wav), sound.wav]));
      await this.touch(part);
      await rename(part, this.fileOf(this.folder, key));
      await this.prune(this.folder);
    } catch (error) {
      if (!this.warned) this.logger.warn({ folder: this.folder, cause: String(error) }, 'sounds cannot be kept on disk');
      this.warned = true;
      await rm(part, { force: true }).catch(() => {});
    }
  }

  private async prune(folder: string): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sound'));
    if (names.length <= fileLimit) return;
    const files = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
    files.sort((a, b) => a.at - b.at);
    for (const { name } of files.slice(0, files.length - fileLimit)) await rm(join(folder, name), { force: true });
  }
}
