/** One way to log in that a server offers. */
export interface AuthChallenge {
  /** In lower case: `basic`, `digest`, `ntlm`, … */
  readonly scheme: string;
  /** By name in lower case, unquoted. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A parameter (name, quoted or plain value), or the word that begins a challenge. */
const TOKEN = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)/g;

/** Reads `WWW-Authenticate`, of which there may be several, each with several challenges. */
export function parseChallenges(headers: readonly string[]): AuthChallenge[] {
  return headers.flatMap((header) => {
    const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
    for (const [, name, quoted, plain, scheme] of header.matchAll(TOKEN)) {
      if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
      else challenges.at(-1)?.parameters.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain!);
    }
    return challenges;
  });
}
