import { stat } from 'node:fs/promises';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { didYouMean } from '../../foundation/validate.js';
import { type Host, hostOf, lacking } from '../../models/default-variant.js';
import { buildLoadRequest } from '../../models/load-request.js';
import type { Manifest } from '../../models/manifest.js';
import { ModelRegistry, type RegistryEntry } from '../../models/registry.js';
import { AUTO, findWanted, wantedNames } from '../../models/wanted-model.js';
import { poolsOf } from '../detector/worker-pools.js';
import { type Inspected, type Remark, remark } from './remark.js';

/** The model, its variant with the file, and the classes asked for. */
export async function inspectModel({ config, here }: Inspected): Promise<Remark[]> {
  const { dir } = config.model;
  const folder = fromRoot(dir);
  const registry = await ModelRegistry.open(folder).catch(() => null);
  const name = registry === null ? config.model.name : await nameIn(registry, config);
  const listing = registry?.list().find((one) => one.name === name);
  if (!here && listing === undefined) {
    return [remark('untried', 'model.name', untriedText(name))];
  }
  if (registry === null) {
    return [remark('refuses', 'model.dir', `expected a folder of models, got ${folder}${await whyNoFolder(folder)}`)];
  }
  const names = registry.list().map((one) => one.name);
  if (listing === undefined) return [remark('refuses', 'model.name', oneOf(names, name, `a model in ${folder}`))];
  if (listing.manifest === null) return [remark('refuses', 'model.name', listing.problem)];
  return inspectPools(registry, listing.manifest, config, here);
}

/** The model that would be loaded; `auto` where that is asked for and there is none. */
async function nameIn(registry: ModelRegistry, { model, detector }: Inspected['config']): Promise<string> {
  if (model.name !== AUTO || registry.list().every(({ manifest }) => manifest === null)) return model.name;
  const host = hostOf(poolsOf(detector)[0]!.detector.providers[0]!.name);
  const found = await findWanted(registry, model, host).catch(() => null);
  return found?.manifest.name ?? wantedNames(registry, model, host)[0]!;
}

function untriedText(name: string): string {
  if (name === AUTO) return 'which model there is: none is on this machine';
  return `whether ${name} is there: it is not among the models of this machine`;
}

/** The variant of every pool; those that several have in common are looked at once. */
async function inspectPools(
  registry: ModelRegistry,
  manifest: Manifest,
  config: Inspected['config'],
  here: boolean,
): Promise<Remark[]> {
  const findings: Remark[] = [];
  let first: RegistryEntry | null = null;
  for (const [index, { variant, detector }] of poolsOf(config.detector).entries()) {
    const path = variant === null ? 'model.variant' : `detector.pools.${index}.variant`;
    const host = hostOf(detector.providers[0]!.name);
    const { entry, refusal } = await findVariant(registry, manifest, variant ?? config.model.variant, host, path, here);
    if (entry === null) {
      if (refusal !== null && !findings.some(({ text }) => text === refusal.text)) findings.push(refusal);
      continue;
    }
    const isNew = first === null || entry.variant.id !== first.variant.id;
    if (isNew) findings.push(...(await inspectEntry(registry, entry, host, path, config, here)));
    if (first !== null && isNew && namesOf(entry) !== namesOf(first)) {
      const expected = `expected a variant with the classes of ${first.variant.id}, that of the first pool (${namesOf(first)})`;
      findings.push(remark('refuses', path, `${expected}, got ${entry.variant.id} (${namesOf(entry)})`));
    }
    first ??= entry;
  }
  return findings;
}

const namesOf = ({ manifest, variant }: RegistryEntry): string => (variant.classes ?? manifest.classes).join(', ');

async function findVariant(
  registry: ModelRegistry,
  manifest: Manifest,
  id: string,
  host: Host,
  path: string,
  here: boolean,
): Promise<{ readonly entry: RegistryEntry | null; readonly refusal: Remark | null }> {
  const ids = manifest.variants.map((variant) => variant.id);
  if (![AUTO, 'default', ...ids].includes(id)) {
    const expected = oneOf([AUTO, 'default', ...ids], id, `a variant of ${manifest.name}`);
    return { entry: null, refusal: remark('refuses', path, expected) };
  }
  try {
    return { entry: await registry.find(manifest.name, id, host), refusal: null };
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return { entry: null, refusal: here ? remark('refuses', path, explain(error)) : null };
  }
}

async function inspectEntry(
  registry: ModelRegistry,
  entry: RegistryEntry,
  host: Host,
  path: string,
  config: Inspected['config'],
  here: boolean,
): Promise<Remark[]> {
  const findings = classesOf(entry, config);
  if (!here) return findings;
  const broken = await registry.problemOf(entry);
  if (broken !== null) findings.push(remark('refuses', path, `expected the file of its manifest: ${broken}`));
  const lacks = lacking(entry.variant, host);
  if (lacks !== null) findings.push(remark('degrades', path, lackText(entry.variant.id, lacks)));
  return findings;
}

/** What is wrong with running a variant on a processor that lacks what it needs. */
export function lackText(variant: string, lacks: string): string {
  return `expected a variant that this processor can run well, got ${variant}: it needs ${lacks}, without which it is slower than fp32, or wrong`;
}

function classesOf(entry: RegistryEntry, { model, detector }: Inspected['config']): Remark[] {
  try {
    buildLoadRequest(entry, model, detector);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => {
      const colon = problem.indexOf(': ');
      return remark('refuses', problem.slice(0, colon), problem.slice(colon + 2));
    });
  }
}

function oneOf(known: readonly string[], got: string, what: string): string {
  const near = didYouMean(got, known);
  const list = known.length === 0 ? 'none' : known.join(', ');
  return `expected ${what} (${list}), got "${got}"${near === null ? '' : `; did you mean ${near}?`}`;
}

async function whyNoFolder(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => null);
  if (there === null) return ': no such folder';
  return there.isDirectory() ? ': not allowed to read it' : ', which is a file';
}
