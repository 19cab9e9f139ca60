/** How a terminal is told a picture. */
export const PICTURE_FORMS = ['kitty', 'sixel', 'blocks', 'none'] as const;
export type PictureForm = (typeof PICTURE_FORMS)[number];

/** The best form that a terminal is known to understand by what it says of itself; half blocks are understood by all. */
export function pictureFormOf(env: NodeJS.ProcessEnv): PictureForm {
  const term = env['TERM'] ?? '';
  const program = env['TERM_PROGRAM'] ?? '';
  // what lies between would have to be told to hand pictures on
  if (env['TMUX'] !== undefined || term.startsWith('screen')) return 'blocks';
  if (env['KITTY_WINDOW_ID'] !== undefined || /kitty|ghostty/.test(term) || /WezTerm|ghostty/i.test(program))
    return 'kitty';
  if (/sixel|^foot|mlterm/.test(term)) return 'sixel';
  return term === 'dumb' ? 'none' : 'blocks';
}
