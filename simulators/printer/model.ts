import type { PrinterProfileName } from '../../hardware/printer/profiles.ts';
import type { PrinterModel } from './interpreter.ts';

/** The printer that stands behind a profile. */
export const modelOf = (profile: PrinterProfileName): PrinterModel => (profile.startsWith('epson') ? 'epson' : 'clone');
