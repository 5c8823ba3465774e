import type { EcKey } from './curves.ts';
import type { FileSystem } from './files.ts';
import type { ActiveKey } from './own-keys.ts';

/** What issuing leaves in a chip. */
export interface ChipContents {
  files: FileSystem;
  /** Six digits; null: the chip does not speak PACE. */
  can: string | null;
  /** Whether basic access control opens it. */
  bac: boolean;
  /** Document number, birth and expiry date, each with its check digit. */
  mrzInformation: string;
  /** Key pair of chip authentication. */
  agreementKey: EcKey | null;
  activeKey: ActiveKey | null;
  /** Longest extended command and response, bytes; 0 = short APDUs alone. */
  extendedBytes: number;
  /** Wrong CANs in a row until it is blocked; null = never, as ICAO 9303-11 has it. */
  canTries: number | null;
}
