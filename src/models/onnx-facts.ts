import { ModelError } from '../foundation/errors.js';
import { type ExternalFile, externalFiles } from '../onnx/external-files.js';
import { allNodes } from '../onnx/nodes-within.js';
import { readOutline } from '../onnx/outline.js';
import type { GraphProto, ModelProto } from '../onnx/schema/onnx_pb.js';
import { type ExporterNotes, readNotes } from './exporter-notes.js';
import { findPicture, type OnnxPicture } from './onnx-picture.js';
import { findPrecision, type OnnxPrecision } from './onnx-precision.js';
import { decodeValueInfo, type OnnxValue } from './onnx-value.js';

/** What an .onnx file says of itself, read without its weights and without loading it. */
export interface OnnxFacts {
  /** The input that takes the picture; null where none can be one. */
  readonly picture: OnnxPicture | null;
  /** What the model wants besides the picture; its weights are not among them, though older files list them as inputs. */
  readonly otherInputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the exporter wrote down: `names`, `task`, `stride`, … of ultralytics, others of others. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What of it is understood. */
  readonly notes: ExporterNotes;
  /** Name and version, e.g. `pytorch 2.3.0`; '' where it does not say. */
  readonly producer: string;
  readonly irVersion: number;
  /** Version of ONNX's own operators; 0 where it does not say. */
  readonly opset: number;
  readonly precision: OnnxPrecision;
  /** Files beside the model in which some of its weights lie. */
  readonly externalFiles: readonly ExternalFile[];
  /** How often each operator occurs, bodies of If and Loop included: `Conv`, or `com.microsoft:FusedConv` of other domains. */
  readonly operators: ReadonlyMap<string, number>;
}

/** @throws ModelError where the file cannot be read, or is no whole ONNX model */
export function readOnnxFacts(file: string): OnnxFacts {
  const model = readOutline(file);
  const graph = model.graph!;
  const inputs = inputsOf(graph);
  const picture = findPicture(inputs);
  const nodes = allNodes(model);
  const metadata = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const operators = new Map<string, number>();
  for (const { opType, domain } of nodes) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
    operators.set(name, (operators.get(name) ?? 0) + 1);
  }
  return {
    picture,
    otherInputs: inputs.filter(({ name }) => name !== picture?.name),
    outputs: graph.output.map(decodeValueInfo),
    metadata,
    notes: readNotes(metadata),
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    irVersion: Number(model.irVersion),
    opset: opsetOf(model),
    precision: findPrecision(model, operators),
    externalFiles: externalFiles(model),
    operators,
  };
}

/** Before IR version 4 every weight was an input as well. */
function inputsOf(graph: GraphProto): OnnxValue[] {
  const weights = new Set(graph.initializer.map(({ name }) => name));
  for (const { values } of graph.sparseInitializer) if (values) weights.add(values.name);
  return graph.input.filter(({ name }) => !weights.has(name)).map(decodeValueInfo);
}

function opsetOf({ opsetImport }: ModelProto): number {
  return Number(opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0);
}

/** The one number of pictures that a file takes at once; null: any. A file that is missing, or no ONNX model, says nothing. */
export function fixedBatchOf(file: string): number | null {
  try {
    return readOnnxFacts(file).picture?.batch ?? null;
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}
