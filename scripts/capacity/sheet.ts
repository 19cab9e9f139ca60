import type { FleetLoad } from './fleet-load.js';
import type { MessageKind } from './message-kinds.js';

/** What a person reads: a row for each question, a column for each fleet. */
export function sheet(kinds: readonly MessageKind[], loads: readonly FleetLoad[]): string {
  const messages = kinds.reduce((sum, { messages: count }) => sum + count, 0);
  const bytes = kinds.reduce((sum, { messages: count, bytesEach }) => sum + count * bytesEach, 0);
  const rows: [string, (load: FleetLoad) => string][] = [
    ['devices', ({ devices }) => whole(devices)],
    ['messages/s, over a day', (load) => rate(load.messages)],
    ['messages/s, busiest hour', (load) => rate(load.busiestMessages)],
    ['messages/s, all come back', (load) => rate(load.returnMessages)],
    ['messages/s, catching up', (load) => rate(load.catchUpMessages)],
    ['incoming, over a day', (load) => `${size(load.bytes)}/s`],
    ['store', (load) => size(load.storeBytes)],
    ['broker nodes', (load) => count(load, load.brokers)],
    ['collectors', (load) => count(load, load.collectors)],
    ['database nodes', (load) => count(load, load.databases)],
    ['nodes, EUR a month', ({ cost }) => whole(cost.nodes)],
    ['disks, EUR a month', ({ cost }) => whole(cost.disks)],
    ['data plans, EUR a month', ({ cost }) => whole(cost.uplink)],
    ['a device, EUR a month', ({ cost, devices }) => ((cost.nodes + cost.disks + cost.uplink) / devices).toFixed(2)],
  ];
  const cells = rows.map(([name, of]) => [name, ...loads.map(of)]);
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2))).join(''),
  );
  return `One device with one camera sends ${whole(messages)} messages and ${size(bytes)} a day.\n\n${lines.join('\n')}\n`;
}

const count = ({ isOneMachine }: FleetLoad, nodes: number): string => (isOneMachine ? 'the same one' : whole(nodes));
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const rate = (value: number): string => (value < 10 ? value.toFixed(1) : whole(value));

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
