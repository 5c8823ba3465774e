import { objectId, partsOf, readTlv, smallInteger, type Tlv } from './der.ts';

/** One SecurityInfo of EF.CardAccess or DG14 (9303-11, 9.2): its protocol and what stands behind it. */
export interface SecurityInfo {
  protocol: string;
  required: Tlv;
  optional: Tlv | undefined;
}

/** The SecurityInfos of a SET; those that are no such thing are left out. Empty where it is no SET at all. */
export function securityInfos(bytes: Uint8Array): SecurityInfo[] {
  return partsOf(readTlv(bytes), 0x31).flatMap((info) => {
    const [id, required, optional] = partsOf(info, 0x30);
    const protocol = objectId(id);
    return protocol !== null && required ? [{ protocol, required, optional }] : [];
  });
}

/** The number in an optional field: a key's or a parameter set's id. */
export function optionalId(info: SecurityInfo): number | null {
  return smallInteger(info.optional);
}
