/** Collects buffers with keys and personal data of one read, and overwrites them at its end. */
export class Shredder {
  private readonly kept: Uint8Array[] = [];

  keep<T extends Uint8Array>(bytes: T): T {
    this.kept.push(bytes);
    return bytes;
  }

  shred(): void {
    for (const bytes of this.kept) bytes.fill(0);
    this.kept.length = 0;
  }
}
