import type { CardFailure, PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import type { ChipStage, ChipVerdict } from '../../behaviour/model.ts';

/**
 * What the chip of a citizen card (CCCD / Căn cước) says, from DG1 and DG13. Personal data: stays in `identity/`. Empty where the
 * chip has no such field. Ethnicity and religion (fields 6 and 7) are never decoded.
 */
export interface ChipData {
  /** 12 digits. */
  idNumber: string;
  oldIdNumber: string;
  /** NFC. */
  fullName: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  sex: 'Nam' | 'Nữ' | '';
  nationality: string;
  placeOfOrigin: string;
  placeOfResidence: string;
  /** YYYY-MM-DD, or empty. */
  issuedDate: string;
  /** YYYY-MM-DD, or the card's own words such as `Không thời hạn`. */
  expiryDate: string;
}

/** How one check ended. `absent`: the card has nothing to check; `notDone`: it has, and the check could not be made. */
export type CheckResult = 'passed' | 'failed' | 'absent' | 'notDone';

/** What was checked of the chip, each by itself. */
export interface ChipChecks {
  access: 'pace' | 'bac';
  /** Hashes of the data groups that were read against EF.SOD. */
  hashes: CheckResult;
  /** Signature of EF.SOD by its document signer. */
  signature: CheckResult;
  /** Chain of the document signer to a country authority; `notDone` without a CSCA folder. */
  issuer: CheckResult;
  activeAuthentication: CheckResult;
  chipAuthentication: CheckResult;
}

export interface Portrait {
  mediaType: 'image/jpeg' | 'image/jp2';
  bytes: Uint8Array;
}

/** What a read cost. APDUs as the reader carried them (chained ones counted each), bytes of command and response APDUs. */
export interface ReadCost {
  apdus: number;
  sentBytes: number;
  receivedBytes: number;
}

/**
 * Why a chip was not read. `wrongAccessKey`: CAN or MRZ is not this card's. `notACitizenCard`: it answers, and has none of the
 * files. `malformed`: a file is not what its standard says.
 */
export type ChipFailure = CardFailure | 'wrongAccessKey' | 'notACitizenCard' | 'malformed';

export type ChipReading =
  | { kind: 'read'; data: ChipData; checks: ChipChecks; verdict: ChipVerdict; portrait: Portrait | null; cost: ReadCost }
  | { kind: 'failed'; failure: ChipFailure; cost: ReadCost };

/** What the vault keeps of a chip that was read. */
export type ChipRecord = Pick<Extract<ChipReading, { kind: 'read' }>, 'data' | 'checks' | 'verdict' | 'portrait'>;

/** What opens the chip: the card access number (last six digits of the card's number) or, as a fallback, the MRZ's key fields. */
export type AccessKey =
  | { kind: 'can'; can: string }
  /** `documentNumber` 9 characters, dates YYMMDD, all without check digits. */
  | { kind: 'mrz'; documentNumber: string; birthDate: string; expiryDate: string };

/** What is wanted of one card. */
export interface ChipWish {
  key: AccessKey;
  /** Reads the photo too, which takes most of the time. */
  portrait: boolean;
  onStage(stage: ChipStage): void;
}

/** Reads the chip of a card that lies on a reader. Never rejects. */
export type ReadChip = (card: PresentCard, wish: ChipWish) => Promise<ChipReading>;
