import type { CameraShapes, SiteEdit } from '../../config/site-edit.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';

/** A zone of 64 corners has some 200 values, four deep. What is far beyond would keep the program from its frames while it is edited. */
const MOST_VALUES = 400;
const DEEPEST = 8;
const MOST_VALUES_IN_ALL = 8000;
const items = z
  .array(
    z.unknown().refine((item) => valuesIn(item) <= MOST_VALUES, {
      error: `expected at most ${MOST_VALUES} values, ${DEEPEST} deep`,
    }),
  )
  .max(64)
  .default([]);
/** What is in them is held to the schema of the configuration, within the file that they are to stand in. */
const shapes: z.ZodType<CameraShapes> = z
  .strictObject({
    lines: items,
    zones: items,
    rules: items,
    masks: items,
    privacyMasks: items,
  })
  .refine((lists) => valuesIn(lists) <= MOST_VALUES_IN_ALL, {
    error: `expected at most ${MOST_VALUES_IN_ALL} values in all`,
  });
const id = z.string().min(1).max(63);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected the sha256 that /api/v1/setup told');

const checkBody = z.strictObject({ camera: id, shapes });
const saveBody = z.strictObject({ camera: id, shapes, sha256 });

const difference = z.array(
  z.object({ kind: z.enum(['same', 'removed', 'added']), text: z.string(), line: z.number() }),
);
const problems = z.array(z.object({ at: z.array(z.string()), text: z.string() }));

const setupReply = z.object({
  obstacle: z
    .object({ code: z.enum(['no-file', 'unreadable', 'other-source']), detail: z.string().nullable() })
    .nullable()
    .meta({ description: 'Why nothing can be written; null where something can.' }),
  file: z
    .object({
      path: z.string(),
      sha256,
      writeProblem: z.string().nullable().meta({ description: 'Why this program cannot write it; null where it can.' }),
    })
    .nullable(),
  restart: z.enum(['systemd', 'by-hand']).meta({ description: 'How the program is started again.' }),
  classes: z.array(z.string()).meta({ description: 'Names that rules may speak of.' }),
  cameras: z.array(
    z.object({
      id: z.string(),
      shapes: z.object({
        lines: z.array(z.unknown()),
        zones: z.array(z.unknown()),
        rules: z.array(z.unknown()),
        masks: z.array(z.unknown()),
        privacyMasks: z.array(z.unknown()),
      }),
      inFile: z.boolean(),
      waitsForRestart: z.boolean().meta({ description: 'The file says something else than what runs.' }),
    }),
  ),
});

const checkReply = z.object({
  problems,
  difference,
  sha256: z.string().meta({ description: 'Of the file as it is now.' }),
  fragment: z.string().meta({ description: 'The lists as YAML, to be put into the file by hand.' }),
});

const saveReply = z.object({
  sha256: z.string().meta({ description: 'Of the file as it is now.' }),
  changed: z.boolean(),
  backup: z.string().nullable().meta({ description: 'Where the version before lies.' }),
  requiresRestart: z.boolean(),
});

export type SetupReply = z.infer<typeof setupReply>;
export type SetupCheckReply = z.infer<typeof checkReply>;
export type SetupSaveReply = z.infer<typeof saveReply>;

export interface SetupPort {
  setup(): SetupReply;
  /** @throws ApiRefusal, RangeError */
  check(camera: string, shapes: CameraShapes): { readonly edit: SiteEdit; readonly fragment: string };
  /** @throws ApiRefusal, RangeError */
  save(camera: string, shapes: CameraShapes, sha256: string): Promise<SetupSaveReply>;
  /** A line of the file as it may be shown. */
  masked(line: string): string;
}

/** How many values there are within a value, and itself; Infinity where they are nested deeper than anything that is drawn. */
function valuesIn(value: unknown, depth = 0): number {
  if (depth > DEEPEST) return Number.POSITIVE_INFINITY;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + valuesIn(one, depth + 1), 1);
}

/** What the page fetches on which lines, zones, masks and rules are drawn. */
export function setupRoutes(port: SetupPort): readonly HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/setup',
      summary:
        "Lines, zones, rules and masks of each camera as the site's file has them, and whether they can be changed.",
      reply: setupReply,
      handle: () => port.setup(),
    }),
    apiRoute({
      path: '/api/v1/setup/check',
      method: 'POST',
      changes: false,
      summary: "What shapes would make of the site's file, and what is wrong with them; nothing is written.",
      body: checkBody,
      reply: checkReply,
      handle: ({ body }) => {
        const { edit, fragment } = port.check(body.camera, body.shapes);
        return {
          problems: edit.problems.map(({ at, text }) => ({ at: [...at], text: port.masked(text) })),
          difference: edit.difference.map((one) => ({ ...one, text: port.masked(one.text) })),
          sha256: edit.before.sha256,
          fragment,
        };
      },
    }),
    apiRoute({
      path: '/api/v1/setup/save',
      method: 'POST',
      summary: "Writes shapes into the site's file, where it is as it was when they were drawn and they are in order.",
      body: saveBody,
      reply: saveReply,
      handle: ({ body }) => port.save(body.camera, body.shapes, body.sha256),
    }),
  ];
}
