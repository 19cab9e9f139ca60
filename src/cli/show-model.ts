import { fromRoot } from '../foundation/home.js';
import { ModelRegistry } from '../models/registry.js';
import { opsetOf } from '../onnx/model.js';
import { readModel } from '../onnx/model-file.js';
import { foldExtraInputs } from '../optimize/passes/fold-extra-inputs.js';
import { summarizeModel } from '../optimize/summary.js';
import { print, printJson, printTable } from './print.js';
import { parseVariantName } from './workshop-flags.js';

/** `models show NAME[:VARIANT]` @returns the exit code @throws ModelError where there is no such model, or it cannot be read */
export async function showModel(options: {
  readonly what: string;
  readonly dir?: string;
  readonly json?: boolean;
}): Promise<number> {
  const { name, variant: id } = parseVariantName(options.what);
  const { manifest, variant, file } = await (await ModelRegistry.open(fromRoot(options.dir ?? 'models'))).find(
    name,
    id,
  );
  const { layout, extra } = variant.input ?? manifest.input;
  const { width, height } = variant;
  const model = foldExtraInputs(readModel(file), { width, height, extra });
  const dims = layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3];
  const { layers, ...totals } = summarizeModel(model, new Map([[model.graph.inputs[0]!.name, dims]]));
  if (options.json) {
    printJson({ model: name, variant: variant.id, family: manifest.family, opset: opsetOf(model), ...totals, layers });
    return 0;
  }
  printTable(
    ['LAYER', 'OPERATOR', 'OUTPUT', 'MMAC', 'PARAMETERS', 'KB'],
    layers.map((layer) => [
      layer.name,
      layer.op,
      layer.outputDims?.join('×') ?? '?',
      millions(layer.macs),
      String(layer.parameters),
      (layer.bytes / 1e3).toFixed(1),
    ]),
  );
  print('');
  print(`${name}:${variant.id} (${manifest.family}, ${variant.precision}, ONNX opset ${opsetOf(model)})`);
  print(`input ${width}x${height}, ${layers.length} layers, ${millions(totals.macs)} million multiply-adds per frame`);
  print(`${millions(totals.parameters)} million parameters, ${(variant.bytes / 1e6).toFixed(1)} MB`);
  const { accuracy } = variant;
  print(
    accuracy ? `accuracy kept ${accuracy.relativeToFp32.toFixed(3)} (${accuracy.metric})` : 'accuracy not measured',
  );
  for (const { metric, set, value } of accuracy?.absolute ?? []) print(`${metric}: ${value.toFixed(3)} (${set})`);
  print(`made by ${variant.madeBy}`);
  return 0;
}

const millions = (count: number): string => (count / 1e6).toFixed(2);
