import type { Language } from '../core/language.ts';
import type { ProcedureSummary } from './view.ts';

/** One administrative procedure as the page shows it, already in the citizen's language. */
export interface ProcedureDetail {
  code: string;
  name: string;
  documents: string[];
  whoMayApply: string;
  processingTime: string;
  fee: string;
  legalNote: string;
  /** Number of the decision that published it. */
  decision?: string | undefined;
  /** ISO 8601 date the data is of. */
  dataDate: string;
}

/** What the kiosk asks of the knowledge room. */
export interface ProcedureCatalogue {
  /** Best matches first; an empty query lists the usual ones. Ignores diacritics. */
  search(query: string, language: Language): ProcedureSummary[];
  detail(code: string, language: Language): ProcedureDetail | null;
}
