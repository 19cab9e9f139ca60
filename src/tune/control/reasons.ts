import type { Budgets } from '../budgets.js';
import { nameOfPoint, type OperatingPoint } from '../operating-point.js';
import type { Prospect } from './prospect.js';

/** What a setting is expected to bring, for people. */
export function inWords({ effectiveAccuracy, utilisation, temperature }: Prospect): string {
  const warmth = Number.isNaN(temperature) ? '' : `, ${temperature.toFixed(1)} °C`;
  return `effective accuracy ${effectiveAccuracy.toFixed(3)}, ${Math.round(utilisation * 100)} % busy${warmth}`;
}

/** What of the budgets a setting would pass, with the numbers. */
export function excessInWords(prospect: Prospect, budgets: Budgets, limit: number | null): string {
  const { exceeded, p95LatencyMs, utilisation, temperature, watts } = prospect;
  switch (exceeded) {
    case 'latency':
      return `p95 would be ${p95LatencyMs.toFixed(0)} ms of ${budgets.latencyMs} ms with the workers ${Math.round(utilisation * 100)} % busy`;
    case 'temperature':
      return `it would get ${temperature.toFixed(1)} °C warm within ten minutes, of at most ${limit?.toFixed(1)} °C`;
    case 'power':
      return `${watts.toFixed(1)} W would be drawn of ${budgets.maxWatts} W`;
    case 'CPU':
      return `this program would keep the processor busier than ${Math.round(budgets.maxCpuBusy * 100)} %`;
    case 'memory':
      return memoryInWords(prospect.memoryBytes, budgets.maxMemoryBytes);
    case 'accelerator memory':
      return `the accelerator's memory would be more than ${mebibytes(budgets.maxAcceleratorBytes ?? 0)}`;
    case null:
      return 'all budgets are kept';
  }
}

function memoryInWords(bytes: number, budget: number | null): string {
  const taken = `all processes together would have ${mebibytes(bytes)} of memory`;
  return budget === null || bytes <= budget
    ? `${taken}, more than is free`
    : `${taken}, of at most ${mebibytes(budget)}`;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Where to, for people: the point where it changes, and the interval. */
export function settingInWords(point: OperatingPoint, intervalMs: number): string {
  return `${nameOfPoint(point)}, ${intervalInWords(intervalMs)}`;
}

export function intervalInWords(intervalMs: number): string {
  return intervalMs === 0 ? 'inferred as scenes ask' : `inferred every ${intervalMs} ms at most`;
}
