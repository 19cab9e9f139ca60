/**
 * Why a command is not obeyed. `flood`: more messages than the device looks at. `unsigned`: it must be signed. `no-key`: the
 * device knows no key. `wrong-name`: signed for another command than its topic says. `id-reused`: its id was another
 * command's. `invalid`: its body is not what the command takes.
 */
export const REFUSAL_CAUSES = [
  'retained',
  'flood',
  'oversized',
  'malformed',
  'unknown-command',
  'unsigned',
  'no-key',
  'unknown-key',
  'too-many',
  'wrong-signature',
  'wrong-name',
  'wrong-device',
  'not-yet-valid',
  'expired',
  'replayed',
  'id-reused',
  'invalid',
  'busy',
] as const;
export type RefusalCause = (typeof REFUSAL_CAUSES)[number];

/** A command that is not obeyed. */
export interface CommandRefusal {
  readonly kind: 'refused';
  readonly cause: RefusalCause;
  /** For people: what is wrong and what to do. */
  readonly error: string;
}

export function refusal(cause: RefusalCause, error: string): CommandRefusal {
  return { kind: 'refused', cause, error };
}
