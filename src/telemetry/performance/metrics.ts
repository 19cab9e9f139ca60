import { type MetricRow, type Reading, THREE_DIGITS } from '../../foundation/metric-row.js';
import type { Operation } from './operation.js';

/** The metrics of measured operations: Prometheus, history and OpenTelemetry only, since there may be hundreds. */
export function operationMetrics(operations: () => Iterable<Operation>): readonly MetricRow[] {
  const each = <T>(read: (operation: Operation) => T | null) =>
    function* (): Iterable<Reading<T>> {
      for (const operation of operations()) yield [[operation.component, operation.operation], read(operation)];
    };
  const labels = ['component', 'operation'];
  return [
    {
      type: 'counter',
      name: 'operation_calls',
      unit: '',
      labels,
      step: 1,
      mqtt: false,
      help: 'Calls of measured operations that came to an end.',
      read: each(({ calls }) => calls),
    },
    {
      type: 'counter',
      name: 'operation_errors',
      unit: '',
      labels,
      step: 1,
      mqtt: false,
      help: 'Calls of measured operations that threw or were rejected.',
      read: each(({ errors }) => errors),
    },
    {
      type: 'gauge',
      name: 'operation_in_flight',
      unit: '',
      labels,
      step: 1,
      mqtt: false,
      help: 'Calls of measured operations that have not ended.',
      read: each(({ inFlight }) => inFlight),
    },
    {
      type: 'gauge',
      name: 'operation_slowest',
      unit: 'ms',
      labels,
      step: THREE_DIGITS,
      mqtt: false,
      help: 'The longest call of a measured operation since the start.',
      read: each(({ slowest }) => slowest?.ms ?? null),
    },
    {
      type: 'histogram',
      name: 'operation_latency',
      unit: 'ms',
      labels,
      help: 'Time of the calls of measured operations.',
      read: each(({ latency }) => latency),
    },
  ];
}
