export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
export const hex = (data: Uint8Array | null): string | null => data && Buffer.from(data).toString('hex').toUpperCase();
