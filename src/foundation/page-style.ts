/** Light and dark follow the reader's system; paper is always light. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --panel: #f5f6f8; --ink: #1c2126; --soft: #59626b; --line: #d5dae0;
  --fp32: #5b6a7a; --fp16: #8f5cc2; --int8: #0072b2; --good: #00714f; --bad: #b3400a; --warn: #b3400a; --accent: #0072b2; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #15191e; --panel: #1f252c; --ink: #e6e9ec; --soft: #a3adb7; --line: #3a434d;
    --fp32: #a9b5c1; --fp16: #c39bf0; --int8: #56b4e9; --good: #3ccf9c; --bad: #ff9a5c; --warn: #ff9a5c; --accent: #56b4e9; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 20px 64px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 25px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 44px 0 8px; } h3 { font-size: 15px; margin: 24px 0 6px; }
p { margin: 6px 0; max-width: 76ch; } .soft { color: var(--soft); }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.decision { margin: 20px 0 0; padding: 18px 22px; background: var(--panel); border-left: 5px solid var(--good); border-radius: 4px; }
.decision.none { border-left-color: var(--bad); }
.decision strong { display: block; font-size: 20px; margin-bottom: 4px; } .decision ul { margin: 8px 0; padding-left: 20px; }
.decision pre { margin: 12px 0 0; padding: 8px 12px; background: var(--ground); border: 1px solid var(--line); border-radius: 4px; overflow-x: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 7px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; font-size: 13px; vertical-align: bottom; } .wide { white-space: normal; overflow-wrap: anywhere; }
th:first-child, td:first-child, .left { text-align: left; }
tr.best td { background: color-mix(in srgb, var(--good) 11%, transparent); } tr.refused td { color: var(--soft); }
.badge { display: inline-block; padding: 0 8px; border-radius: 9px; border: 1px solid currentColor; font-size: 12px; }
.badge.registered, .badge.made { color: var(--good); } .badge.refused { color: var(--bad); } .badge.reference { color: var(--soft); }
figure { margin: 12px 0; } figcaption { color: var(--soft); font-size: 13px; } figure svg { width: 100%; height: auto; display: block; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin: 6px 0 22px; break-inside: avoid; }
.pair figure { margin: 0; min-width: 0; } .view { border-radius: 3px; }
.view rect { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; } .both { stroke: #fff; }
.lost { stroke: #ff8c1a; stroke-width: 3; } .new { stroke: #f06bd0; stroke-width: 3; stroke-dasharray: 6 3; }
.key { display: inline-block; width: 22px; height: 12px; margin: 0 5px -1px 14px; border: 2px solid #fff; outline: 1px solid #777; }
.key.lost { border-color: #ff8c1a; } .key.new { border: 2px dashed #f06bd0; outline: none; }
dl { display: grid; grid-template-columns: 150px 1fr; gap: 6px 16px; margin: 8px 0; } dt { color: var(--soft); } dd { margin: 0; }
table.facts td:first-child { width: 1%; padding-right: 28px; }
ul.notes { padding-left: 20px; } ul.notes li { margin: 3px 0; overflow-wrap: anywhere; }
@media (max-width: 700px) { .pair { grid-template-columns: 1fr; } dl { grid-template-columns: 1fr; } }
@media print { body { max-width: none; padding: 0; } }
`;
