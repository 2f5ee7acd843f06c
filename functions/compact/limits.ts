import { MOST_ROWS_IN_A_FILE } from '../../shared/lake/facts.ts';
import { ENTRIES_OF_A_PART } from '../../shared/lake/ledger.ts';

/** How much compaction takes on at once. Tests lower them; results must not depend on them. */
export interface CompactLimits {
  /** The most rows of one facts file: a larger unit has several. */
  rowsInFile: number;
  /** The most rows that one generation brings in: a larger backlog takes several. */
  rowsInRound: number;
  /** So many new rows, or fewer, are held in memory, so that copies are found before anything is written. */
  rowsInMemory: number;
  /** So many old entries of a site's ledger are worth moving out of its index. */
  ledgerEntries: number;
}

export const COMPACT_LIMITS: CompactLimits = {
  rowsInFile: MOST_ROWS_IN_A_FILE,
  rowsInRound: MOST_ROWS_IN_A_FILE,
  rowsInMemory: 100_000,
  ledgerEntries: ENTRIES_OF_A_PART,
};
