/** Stable codes: scripts and alerts match on these, never on message texts. */
export type ErrorCode =
  | 'E_CONFIG'
  | 'E_MODEL'
  | 'E_DOWNLOAD'
  | 'E_SOURCE'
  | 'E_DETECTOR'
  | 'E_PROTOCOL'
  | 'E_PUBLISH'
  | 'E_OUTPUT'
  | 'E_TIMEOUT'
  | 'E_BUNDLE';

export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What every failure of this program is: a stable code, a message for the person who meets it
 * (what failed, with which value, what to do), the numbers around it, and the original as `cause`.
 */
export class EdgeError extends Error {
  override readonly name: string = 'EdgeError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  /**
   * Trying again with nothing changed cannot help: a file that is not there, a value that nothing can use. A command that
   * ends with such an error has exit code 2, which no supervisor should answer with a restart; with any other, 1.
   */
  readonly permanent: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { context?: ErrorContext; cause?: unknown; permanent?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
    this.permanent = options.permanent ?? false;
  }
}

/** The configuration cannot be used; `problems` holds every one of them as `path: expected X, got Y`. Permanent. */
export class ConfigError extends EdgeError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[], cause?: unknown) {
    super('E_CONFIG', `${what}:\n${problems.map((p) => `  ${p}`).join('\n')}`, { cause, permanent: true });
    this.problems = problems;
  }
}

/**
 * A model file, its manifest or a session made from it cannot be used. Permanent, unless it is the machine that refused
 * the model: a driver may not be up yet, memory may be taken.
 */
export class ModelError extends EdgeError {
  override readonly name = 'ModelError';
  constructor(message: string, context?: ErrorContext, cause?: unknown, permanent = true) {
    super('E_MODEL', message, { ...(context && { context }), cause, permanent });
  }
}

/** A bundle of the program cannot be used: tampered with, cut off, not signed, of another platform. Permanent. */
export class BundleError extends EdgeError {
  override readonly name = 'BundleError';
  constructor(message: string, context?: ErrorContext, cause?: unknown) {
    super('E_BUNDLE', message, { ...(context && { context }), cause, permanent: true });
  }
}

/** A camera or file cannot be read. Never fatal for a live source: it is retried for ever. */
export class SourceError extends EdgeError {
  override readonly name = 'SourceError';
  constructor(message: string, context?: ErrorContext, cause?: unknown, permanent = false) {
    super('E_SOURCE', message, { ...(context && { context }), cause, permanent });
  }

  /** One of a source that can never be read as it is named: no such file, no such option. */
  static permanent(message: string, context?: ErrorContext, cause?: unknown): SourceError {
    return new SourceError(message, context, cause, true);
  }
}

/** The detector worker is dead, stuck or answered with an error. */
export class DetectorError extends EdgeError {
  override readonly name = 'DetectorError';
  constructor(message: string, context?: ErrorContext, cause?: unknown) {
    super('E_DETECTOR', message, { ...(context && { context }), cause });
  }
}

/** Bytes on a worker's stream are not the worker protocol. */
export class ProtocolError extends EdgeError {
  override readonly name = 'ProtocolError';
  constructor(message: string, context?: ErrorContext, cause?: unknown) {
    super('E_PROTOCOL', message, { ...(context && { context }), cause });
  }
}

/** The text of anything thrown, with the texts of its causes: `a: b: c`. */
export function explain(error: unknown): string {
  const chain = new Set<unknown>([error]);
  // a set also visits what is added meanwhile, and each cause once
  for (const link of chain) {
    if (link instanceof Error && link.cause !== undefined && link.cause !== null) chain.add(link.cause);
  }
  return [...chain].map(textOf).join(': ');
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // a connection tried at several addresses fails without a message of its own
  const parts = error instanceof AggregateError ? error.errors.map((one) => (one as Error)?.message) : [];
  // below the first line Node lists the files that asked for it
  if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return error.message.split('\n', 1)[0]!;
  return error.message || parts.filter(Boolean).join(', ') || error.name;
}
