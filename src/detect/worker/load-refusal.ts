import { ModelError } from '../../foundation/errors.js';
import { kindByName, namedKind } from '../../onnx/file-kind.js';

type Words = (...parts: string[]) => string;

/** The oldest operators that every exporter of today can still write, and every runtime of today reads. */
const OLDER = 'export it again with opset=17 (yolo export model=FILE.pt format=onnx opset=17)';

/** What ONNX Runtime says when it does not take a model, and how that is told: what is so, with its figures, and what to do. */
const REFUSALS: readonly (readonly [RegExp, Words])[] = [
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    (ir, max) =>
      `the model is of IR version ${ir}, this ONNX Runtime reads up to ${max}: ${OLDER}, with an older onnx package (pip install "onnx<1.18")`,
  ],
  [
    /Opset (\d+) is under development[\s\S]*for domain (\S+) is till opset (\d+)/,
    (opset, domain, max) =>
      `the model is written for operator set ${opset} of ${domain}, this ONNX Runtime knows up to ${max}: ${OLDER}`,
  ],
  [/([\w.]+):(\w+)\(-?\d+\) is not a registered function\/op/, (domain, op) => unknownOperator(op!, domain!)],
  [/No opset import for domain '([^']+)'/, (domain) => `its operators of ${domain} are of no known version: ${OLDER}`],
  [/No Op registered for (\w+) with domain_version of (\d+)/, (op, opset) => unknownOperator(op!, '', opset)],
  [/Op registered for (\w+) is deprecated in domain_version of (\d+)/, (op, opset) => unknownOperator(op!, '', opset)],
  [
    /Could not find an implementation for (\w+)\((\d+)\) node/,
    (op, version) =>
      isPlugin(op!)
        ? unknownOperator(op!, '')
        : `operator ${op} (version ${version}) is not there for the element type that the model uses (bfloat16, or half precision on a CPU?): export it in float32 (half=False)`,
  ],
  [
    /External data path does not exist: "([^"]+)"/,
    (file) => `some of its weights lie in ${file}, which is not there: put it beside the model under this very name`,
  ],
  [
    /External data path escapes model directory\. External data path: "([^"]+)"/,
    (file) => `some of its weights lie in ${file}, outside the model's folder: export it with its data beside it`,
  ],
  [
    /External initializer: (\S+) offset: (\d+) size to read: (\d+) given file_length: (\d+)/,
    (tensor, offset, size, length) =>
      `the file with its weights is cut short: ${tensor} needs bytes ${offset} to ${Number(offset) + Number(size)} of ${length}; copy it again`,
  ],
  [
    /bad_alloc|Failed to allocate memory/,
    () => 'there is not enough memory for it: free some, or take a smaller model or input size',
  ],
];
/** What it says of bytes that are no model at all. */
const NO_MODEL = /Protobuf parsing failed|does not have a graph|INVALID_PROTOBUF/;

/** What ONNX Runtime's message comes to; null for one that is not known, which stays as it is. */
function plainRefusal(message: string): string | null {
  for (const [pattern, words] of REFUSALS) {
    const found = pattern.exec(message);
    if (found) return words(...found.slice(1));
  }
  return null;
}

/** Why a session could not be made of a file: what the file is, where it is no model, or what the model lacks. */
export function loadRefusal(file: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const plain = plainRefusal(message);
  if (plain !== null) return new ModelError(plain, { file });
  if (!NO_MODEL.test(message)) return error;
  const named = kindByName(file);
  const kind = namedKind(file) ?? (named && `${file} ${named.is}: ${named.todo}`);
  return new ModelError(kind ?? `${file} is no ONNX model, or is cut short: copy or download it again`, { file });
}

/** Operators of TensorRT that exporters write into ONNX files for it alone. */
function isPlugin(op: string): boolean {
  return /_TRT$|^(BatchedNMS|EfficientNMS|YoloLayer|RoiAlignRotated|ScatterND_TRT)/.test(op);
}

function unknownOperator(op: string, domain: string, opset?: string): string {
  if (isPlugin(op) || /^(TRT|trt\.plugins|nvinfer\w*)$/i.test(domain)) {
    return `operator ${op} is a plugin of TensorRT, which ONNX Runtime does not have: export the model without it (NMS is done here; yolo export … nms=False, or leave out --end2end)`;
  }
  if (domain === 'ai.onnx.contrib') {
    return `operator ${op} comes from onnxruntime-extensions, which is not used here: export the model without pre- and post-processing in the graph`;
  }
  if (domain !== '') {
    return `operator ${op} of ${domain} is not ONNX's own and not known here: export the model with ONNX's operators only (docs/worker-protocol.md tells how a worker of yours could run it)`;
  }
  return `operator ${op} is not in operator set ${opset ?? '(unknown)'}, for which the model says it is written: ${OLDER}, with ONNX's own operators only`;
}
