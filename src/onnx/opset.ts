import { Conversion, PASS } from './conversion.js';
import { copyModel, type Model, opsetOf } from './model.js';
import { OPERATOR_CHANGES } from './operator-changes.js';
import { Refusal } from './refusal.js';
import { shapeRuleOf } from './shape-rules/operators.js';
import { sortTopologically } from './topology.js';

/** From version 7 on shapes broadcast as they do today. */
const OLDEST = 7;
/** Changes of the operators were followed up to here (https://github.com/onnx/onnx/blob/main/docs/Changelog.md). */
const NEWEST = 21;

/** The oldest IR version that may carry an operator set, by the first set that needs it. */
const IR_VERSIONS = [
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
] as const;

/**
 * Rewrites a model for a newer version of ONNX's operators; nodes of other domains stay. A model that is written for
 * `target` or newer is given back as it is.
 *
 * @param target 7 to 21
 * @throws Refusal naming the node where an operator is not known, or cannot be said in the newer version
 */
export function convertOpset(model: Model, target: number): Model {
  const from = opsetOf(model);
  if (from >= target) return model;
  if (from < OLDEST) throw new Refusal(PASS, `the model is written for operator set ${from}, older than ${OLDEST}`);
  if (target > NEWEST)
    throw new Refusal(PASS, `operator set ${target} is newer than ${NEWEST}, the newest that is known`);
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  const unknown = graph.nodes.find((node) => node.domain === '' && !shapeRuleOf(node));
  if (unknown) throw new Refusal(PASS, 'the operator is not known', unknown);
  const conversion = new Conversion(model, graph);
  for (let version = from + 1; version <= target; version++) {
    for (const node of graph.nodes.filter(({ domain }) => domain === '')) {
      const change = OPERATOR_CHANGES.get(`${node.op} ${version}`);
      if (change) graph.replace(node, ...change(node, conversion));
    }
  }
  const irVersion = IR_VERSIONS.find(([opset]) => target >= opset)?.[1] ?? 0;
  return {
    ...copy,
    irVersion: Math.max(copy.irVersion, irVersion),
    opsets: new Map([...copy.opsets, ['', target]]),
  };
}
