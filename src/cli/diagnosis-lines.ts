import type { CheckOutcome } from '../diagnose/diagnosis.js';
import { CONDITIONS, type Condition, type Finding, GROUNDS, type Ground } from '../diagnose/finding.js';
import type { Language } from '../diagnose/languages/language.js';
import { findingText } from '../diagnose/languages/languages.js';
import type { TenantId } from '../foundation/scope.js';

export interface DiagnosisLook {
  readonly isColoured: boolean;
  /** ms that it took in all. */
  readonly ms: number;
  /** Whose a camera is; null: the device's own. */
  readonly tenantOf: (camera: string) => TenantId;
}

/** Whom alone a finding concerns: whose file it is about, or whose camera; null where that is the device. */
export function tenantOfFinding(
  ground: Ground,
  { subject, tenant }: Finding,
  tenantOf: DiagnosisLook['tenantOf'],
): TenantId {
  if (tenant !== undefined) return tenant;
  const isOfCamera = ground === 'cameras' || ground === 'accuracy';
  return isOfCamera && subject !== null ? tenantOf(subject) : null;
}

/** A letter that is not a colour alone. */
const SYMBOLS: Readonly<Record<Condition, string>> = { fine: '✔', unknown: '?', degraded: '!', broken: '✖' };
/** Of a terminal: green, grey, yellow, red. */
const COLOURS: Readonly<Record<Condition, number>> = { fine: 32, unknown: 90, degraded: 33, broken: 31 };

/** The report for a person, ground by ground, what is wrong with what to do. */
export function diagnosisLines(
  outcomes: readonly CheckOutcome[],
  language: Language,
  { isColoured, ms, tenantOf }: DiagnosisLook,
): string[] {
  const paint = (condition: Condition, text: string): string =>
    isColoured ? `\u001b[${COLOURS[condition]}m${text}\u001b[0m` : text;
  const { words } = language;
  const lines: string[] = [];
  for (const ground of GROUNDS) {
    const findings = outcomes.filter((outcome) => outcome.ground === ground).flatMap((outcome) => outcome.findings);
    if (findings.length === 0) continue;
    lines.push(words[ground]);
    for (const finding of findings) {
      const { what, seen, means, remedy } = findingText(finding, language);
      const tenant = tenantOfFinding(ground, finding, tenantOf);
      const whose = tenant === null ? '' : `(${tenant})`;
      const about = [finding.subject ?? '', whose].filter(Boolean).join(' ');
      lines.push(`  ${paint(finding.condition, SYMBOLS[finding.condition])} ${about && `${about}: `}${what}`);
      if (finding.condition === 'fine') continue;
      lines.push(`      ${words.seen}: ${seen}`);
      if (means !== undefined) lines.push(`      ${words.means}: ${means}`);
      if (remedy !== undefined) lines.push(`      ${words.remedy}: ${paint(finding.condition, remedy)}`);
    }
  }
  const all = outcomes.flatMap(({ findings }) => findings);
  return [...lines, '', `${counts(all, language)} (${(ms / 1000).toFixed(1)} s)`];
}

function counts(findings: readonly Finding[], { words }: Language): string {
  return CONDITIONS.map((condition) => {
    const count = findings.filter((finding) => finding.condition === condition).length;
    return `${count} ${words[condition]}`;
  }).join(', ');
}
