import type { z } from './validate.js';

/** Who may give a command: anybody who may publish to its topic, or only who signs with a key that the device knows. */
export type CommandAccess = 'open' | 'signed';

/** A signed command as it came, for whoever must check it once more. */
export interface SignedText {
  /** JSON text: the signature is over these bytes. */
  readonly command: string;
  /** Id of the key. */
  readonly key: string;
  /** Base64. */
  readonly signature: string;
}

/** How a command came, besides its body. */
export interface CommandCall {
  /** Id of the key that signed it; null where nobody did. */
  readonly by: string | null;
  /** Whether it was for every device of the site. */
  readonly toSite: boolean;
  /** null where nobody signed it. */
  readonly signed: SignedText | null;
}

/** What a command answers: JSON, of at most some 200 kB. */
export type CommandAnswer = Record<string, unknown>;

/** A command that the device answers: `cmd/<name>` over MQTT. */
export interface CommandDeclaration<T = unknown> {
  /** One level of a topic, unique in the program. */
  readonly name: string;
  readonly access: CommandAccess;
  /** What it does, for the table in the documents. */
  readonly help: string;
  /** What its body must be: checked before `handle` sees it. Strict, as a misspelt key changes what is asked. */
  readonly payload: z.ZodType<T>;
  /** Carries it out: what it returns becomes `result`, what it throws becomes `error`. */
  handle(body: T, call: CommandCall): CommandAnswer | Promise<CommandAnswer>;
}

/** The same declaration, its body's type taken from its schema. */
export function declareCommand<T>(declaration: CommandDeclaration<T>): CommandDeclaration {
  return declaration as CommandDeclaration;
}
