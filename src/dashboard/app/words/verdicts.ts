const en = {
  kept: 'kept',
  'rolled-back': 'taken back',
  expired: 'undecided, taken back',
  'under-way': 'being tried',
};
const es: typeof en = {
  kept: 'se mantiene',
  'rolled-back': 'deshecho',
  expired: 'sin decidir, deshecho',
  'under-way': 'en prueba',
};
/** What became of a trial, as the ledger says it; `under-way` is that of none yet. */
export const verdictWords = { en, es };
