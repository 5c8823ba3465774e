/** RIFF WAVE, 16-bit PCM: reading what an engine wrote, and writing it again with a true header. Pure. */

export interface Sound {
  /** A whole WAV file: 44 bytes of header whose lengths are true, then the samples. */
  wav: Uint8Array;
  lengthMs: number;
}

const headerBytes = 44;
const pcm = 1;
const bytesPerSample = 2;

interface Format {
  channels: number;
  samplesPerSecond: number;
}

/**
 * Finds the samples in `bytes` and puts a true header before them. An engine that writes to a pipe cannot know the length beforehand:
 * espeak-ng claims 2,147,479,552 bytes, others 0 or 0xFFFFFFFF, so a length past the end, or none in the last chunk, means "to the end".
 * Null for anything that is not 16-bit PCM of one or two channels at 8-48 kHz, or holds no sample.
 */
export function mendWav(bytes: Uint8Array): Sound | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE') return null;
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const claimed = view.getUint32(at + 4, true);
    const start = at + 8;
    const rest = bytes.length - start;
    if (tag(bytes, at) === 'fmt ') format = readFormat(view, start, Math.min(claimed, rest));
    if (tag(bytes, at) === 'data') {
      const length = claimed === 0 || claimed > rest ? rest : claimed;
      return format && write(format, bytes.subarray(start, start + length));
    }
    // Chunks begin at even places.
    at = start + claimed + (claimed % 2);
  }
  return null;
}

function readFormat(view: DataView, at: number, length: number): Format | null {
  if (length < 16) return null;
  const channels = view.getUint16(at + 2, true);
  const samplesPerSecond = view.getUint32(at + 4, true);
  const known = view.getUint16(at, true) === pcm && view.getUint16(at + 14, true) === 8 * bytesPerSample;
  const sane = (channels === 1 || channels === 2) && samplesPerSecond >= 8000 && samplesPerSecond <= 48000;
  return known && sane ? { channels, samplesPerSecond } : null;
}

function write({ channels, samplesPerSecond }: Format, samples: Uint8Array): Sound | null {
  const frameBytes = channels * bytesPerSample;
  const frames = Math.floor(samples.length / frameBytes);
  if (frames === 0) return null;
  const dataBytes = frames * frameBytes;
  const wav = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(wav.buffer);
  const text = (at: number, value: string) => wav.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, pcm, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, samplesPerSecond, true);
  view.setUint32(28, samplesPerSecond * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 8 * bytesPerSample, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  wav.set(samples.subarray(0, dataBytes), headerBytes);
  return { wav, lengthMs: (frames * 1000) / samplesPerSecond };
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
