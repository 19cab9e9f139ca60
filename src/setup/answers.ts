import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import { didYouMean, z } from '../foundation/validate.js';

/** What has to be known of a site before its configuration can be written. */
export interface SiteAnswers {
  readonly site: string;
  readonly device: string;
  /** Each as one of `cameras` of the configuration; an address may hold user and password. */
  readonly cameras: readonly Readonly<Record<string, unknown>>[];
  /** As `mqtt.broker`. */
  readonly broker: string;
  readonly username: string | null;
  readonly password: string | null;
  /** As `store.dir`; null: the default. */
  readonly storeDir: string | null;
}

/** Answers as they are given: what is left out is proposed, or has its default. */
export interface GivenAnswers extends Partial<Omit<SiteAnswers, 'cameras'>> {
  readonly site: string;
  /** `found`: those on this machine. */
  readonly cameras: 'found' | SiteAnswers['cameras'];
}

const name = z.string().regex(IDENTIFIER, `expected ${IDENTIFIER_IN_WORDS}`);
const words = z.string().min(1, 'expected a text, got an empty one');

const answersSchema = z.strictObject({
  site: name,
  device: name.optional(),
  cameras: z.union([z.literal('found'), z.array(z.record(z.string(), z.unknown())).min(1)]),
  broker: words.optional(),
  username: words.optional(),
  password: words.optional(),
  storeDir: words.optional(),
});

const WANTED: Readonly<Record<string, string>> = {
  site: `a name (${IDENTIFIER_IN_WORDS})`,
  device: `a name (${IDENTIFIER_IN_WORDS}), or nothing for one made of host and machine`,
  cameras: 'a list of cameras with id and url, or found for those on this machine',
  broker: 'off, or an address such as mqtts://broker.example.org',
  username: 'a text',
  password: 'a text (a number in quotes)',
  storeDir: 'a folder',
};

/** @returns the answers, or every problem as `key: expected X`; no value is repeated: one of them is a password */
export function checkAnswers(data: Readonly<Record<string, unknown>>): GivenAnswers | { problems: string[] } {
  const parsed = answersSchema.safeParse(data);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  if (data['password'] !== undefined && data['username'] === undefined) {
    problems.push('username: expected a user for the password, got none');
  }
  return parsed.success && problems.length === 0 ? (parsed.data as GivenAnswers) : { problems };
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknown);
  const key = String(issue.path[0]);
  return [`${issue.path.join('.')}: expected ${WANTED[key] ?? 'something else'}`];
}

function unknown(key: string): string {
  const known = Object.keys(WANTED);
  const meant = didYouMean(key, known);
  return `${key}: expected one of ${known.join(', ')}${meant === null ? '' : `; did you mean ${meant}?`}`;
}
