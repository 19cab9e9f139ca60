import type { Node } from '../graph.js';
import type { ShapeRule } from './call.js';
import { ELEMENTWISE } from './elementwise.js';
import { LAYOUT } from './layout.js';
import { REDUCTION } from './reduction.js';
import { SELECTION } from './selection.js';
import { SPATIAL } from './spatial.js';

const RULES = new Map<string, ShapeRule>(
  Object.entries({ ...ELEMENTWISE, ...SPATIAL, ...LAYOUT, ...SELECTION, ...REDUCTION }),
);

/** ONNX Runtime's own operators that differ from ONNX's only in the types they take. */
const MICROSOFT = new Set(['QuantizeLinear', 'DequantizeLinear', 'Gelu', 'QuickGelu']);

/** How to find the output shapes of a node; null for an operator that is not known. */
export function shapeRuleOf({ op, domain }: Node): ShapeRule | null {
  if (domain === '' || (domain === 'com.microsoft' && MICROSOFT.has(op))) return RULES.get(op) ?? null;
  return null;
}
