/** File identifiers (ICAO 9303-10, 3.10 and 3.11); the short identifier of each is its low five bits. */
export const fileIds = {
  cardAccess: 0x011c,
  atrInfo: 0x2f01,
  com: 0x011e,
  sod: 0x011d,
} as const;

/** Data groups are numbered 1 to 16. */
export const dataGroupFile = (number: number): number => 0x0100 + number;

/** `session`: after PACE or BAC. `never`: needs terminal authentication, which nobody here has (DG3, fingerprints). */
export interface StoredFile {
  bytes: Uint8Array;
  access: 'always' | 'session' | 'never';
}

export type Directory = ReadonlyMap<number, StoredFile>;

/** Root directory and the application of the eMRTD. */
export interface FileSystem {
  master: Directory;
  application: Directory;
}

export function byShortId(directory: Directory, shortId: number): StoredFile | undefined {
  for (const [id, file] of directory) if ((id & 0x1f) === shortId) return file;
  return undefined;
}
