import { PAGE_STYLE } from '../../foundation/page-style.js';

/** Of the pages of reports: read on a phone in the sun and on paper. */
export const REPORT_STYLE = `${PAGE_STYLE}
body { padding-top: 20px; }
h1 { font-size: 23px; } h2 { margin-top: 34px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 16px 0; }
.tile { background: var(--panel); border-radius: 6px; padding: 10px 12px; break-inside: avoid; }
.tile b { display: block; font-size: 23px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tile span { color: var(--soft); font-size: 13px; display: block; }
.advice { border-left: 5px solid var(--warn); background: var(--panel); border-radius: 4px; padding: 10px 14px; margin: 10px 0; break-inside: avoid; }
.advice.fine { border-left-color: var(--good); }
.advice strong { font-size: 16px; } .advice p { margin: 4px 0; }
.advice pre { margin: 8px 0 2px; padding: 7px 10px; background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 8px 24px; }
.charts figure { margin: 8px 0; min-width: 0; max-width: 560px; break-inside: avoid; }
figcaption { margin-bottom: 4px; } figcaption b { color: var(--ink); }
svg text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: var(--soft); }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .bar { fill: var(--accent); } svg .unseen { fill: var(--line); opacity: .75; }
svg .line { fill: none; stroke: var(--accent); stroke-width: 1.8; } svg .change { stroke: var(--warn); stroke-width: 1.6; stroke-dasharray: 4 3; }
svg .there { fill: var(--good); } svg .gone { fill: var(--bad); } svg .gone.paused { fill: var(--soft); }
svg .gone.not-measured { fill: var(--line); } svg .gone.program-off, svg .gone.machine-off { fill: var(--ink); }
td.say, th.say { text-align: left; white-space: normal; min-width: 150px; overflow-wrap: anywhere; }
@media print { .tile, .advice { border: 1px solid var(--line); } a { color: inherit; } h2 { break-after: avoid; } svg rect { print-color-adjust: exact; } }
`;
