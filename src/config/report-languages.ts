/** The languages that reports are written in; apart from their section, so that `--help` loads no schema. */
export const REPORT_LANGUAGE_CODES = ['en', 'es'] as const;
