import type { Answer } from '../queue/command-inbox.ts';
import { maxPayloadBytes } from '../queue/contract.ts';
import type { RobotParts } from './parts.ts';

/** As the contract bounds a part. */
const mostLineLength = 2000;
const mostLines = 1000;
/** Leaves room for the head, and for the escapes of JSON within JSON. */
const mostPartBytes = maxPayloadBytes - 2048;

const bytesOf = (line: string) => Buffer.byteLength(JSON.stringify(line)) + 1;

/** Lines in parts that each fit into one message; at least one part, so that an empty log also has an end. */
export function partsOf(lines: string[]): string[][] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const whole of lines) {
    const line = whole.slice(0, mostLineLength);
    const part = parts.at(-1);
    if (part && part.length < mostLines && bytes + bytesOf(line) <= mostPartBytes) {
      part.push(line);
      bytes += bytesOf(line);
    } else {
      parts.push([line]);
      bytes = bytesOf(line);
    }
  }
  return parts;
}

export type LogParts = Pick<RobotParts, 'logs' | 'ids'> & { queue: Pick<RobotParts['queue'], 'publishLog'> };

/** Answers with the size of the log of the last `sinceMin` minutes; its parts follow. */
export function uploadLog({ logs, ids, queue }: LogParts, sinceMin: number): Answer {
  const lines = logs.since(sinceMin * 60_000);
  const parts = partsOf(lines);
  const uploadId = ids.next();
  return {
    ok: true,
    result: { uploadId, parts: parts.length, lines: lines.length },
    afterwards: () => {
      parts.forEach((part, index) => {
        queue.publishLog({ uploadId, part: index + 1, parts: parts.length, lines: part });
      });
    },
  };
}
