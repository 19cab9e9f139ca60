import { configSchema } from '../config/config.js';
import type { LoadRequest } from '../detect/detector.js';
import { fromRoot } from '../foundation/home.js';
import { buildLoadRequest } from '../models/load-request.js';
import { ModelRegistry, type RegistryEntry } from '../models/registry.js';
import { ms, share, times } from '../optimize/report/wording.js';
import { compareVariants, type VariantComparison } from '../optimize/workshop/compare-variants.js';
import { type FrameFlags, gatherFor, untilInterrupted } from './frames-for-models.js';
import { keepAccuracies } from './kept-accuracies.js';
import { print, printJson, printTable } from './print.js';
import { StepLine } from './step-line.js';
import { parseVariantName } from './workshop-flags.js';

export interface CompareCommand extends FrameFlags {
  readonly first: string;
  /** NAME:VARIANT, or a variant of the first one's model. */
  readonly second: string;
  readonly dir?: string;
  readonly json?: boolean;
  /** Write what the labels say into the manifests. */
  readonly keep?: boolean;
}

const INTERRUPTED = 1;

/** `models compare A B --frames …` @returns the exit code @throws ConfigError, ModelError, SourceError */
export async function compareModels(command: CompareCommand): Promise<number> {
  const registry = await ModelRegistry.open(fromRoot(command.dir ?? 'models'));
  const a = parseVariantName(command.first);
  const first = await registry.find(a.name, a.variant);
  const second = await findSecond(registry, command.second, a.name);
  const line = new StepLine('comparing');
  const told: string[] = [];
  const comparison = await untilInterrupted(async (signal) => {
    const { frames, notes } = await gatherFor(
      first.manifest.classes,
      command,
      (progress) => line.show(progress),
      signal,
    );
    told.push(...notes);
    try {
      const requests = [requestOf(first), requestOf(second)] as const;
      return await compareVariants(requests, frames, first.manifest.classes, {
        onProgress: (progress) => line.show(progress),
        signal,
      });
    } finally {
      await frames.close();
    }
  }).finally(() => line.stop());
  if (comparison === null) return INTERRUPTED;
  if (command.keep) told.push(...(await keepAccuracies(registry, [first, second], comparison)));
  const names = [nameOf(first), nameOf(second)] as const;
  if (command.json) printJson({ first: names[0], second: names[1], ...comparison, notes: told });
  else printComparison(names, comparison, told);
  return 0;
}

/** A model's name, a model and its variant, or a variant of the first one's model alone. */
async function findSecond(registry: ModelRegistry, text: string, firstModel: string): Promise<RegistryEntry> {
  const { name, variant } = parseVariantName(text);
  const isModel = registry.list().some((listing) => listing.name === name);
  return variant === undefined && !isModel ? registry.find(firstModel, text) : registry.find(name, variant);
}

function requestOf(entry: RegistryEntry): LoadRequest {
  const { model, detector } = configSchema.parse({});
  const request = buildLoadRequest(entry, model, detector);
  return { ...request, session: { ...request.session, intraOpThreads: 1 } };
}

const nameOf = ({ manifest, variant }: RegistryEntry): string => `${manifest.name}:${variant.id}`;

function printComparison(
  [first, second]: readonly [string, string],
  { gate, speed }: VariantComparison,
  notes: readonly string[],
): void {
  print(`${second} against ${first}, on ${gate.frames} frames with ${gate.reference} vehicles`);
  for (const note of notes) print(`  note: ${note}`);
  print('');
  print(`F1 ${share(gate.f1)}   recall ${share(gate.recall)}   precision ${share(gate.precision)}`);
  print(
    `boxes overlap by ${share(gate.boxError.meanIou)}, 95 of 100 corners within ${gate.boxError.p95CornerPx.toFixed(1)} px; scores drift by ${gate.scoreDrift.mean.toFixed(3)}`,
  );
  const { labelled } = gate;
  print('');
  printTable(
    ['', 'MS', '95 OF 100', 'SPEED', ...(labelled ? ['AP50', 'AP50:95', 'F1 OF LABELS'] : [])],
    [first, second].map((name, at) => {
      const ap = at === 0 ? labelled?.parent : labelled?.variant;
      const { p50Ms, p95Ms, speedup } = speed[at]!;
      return [
        name,
        ms(p50Ms),
        ms(p95Ms),
        times(speedup),
        ...(ap ? [share(ap.ap50), share(ap.ap5095), share(ap.absolute.value)] : []),
      ];
    }),
  );
  print('');
  printTable(
    ['CLASS', 'VEHICLES', 'F1', 'RECALL'],
    gate.perClass.map(({ name, reference, f1, recall }) => [name, String(reference), share(f1), share(recall)]),
  );
}
