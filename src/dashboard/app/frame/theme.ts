export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'edge-optimizer-theme';

export const currentTheme = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';

/** Paper is white: charts, which are drawn in colours of the screen, are drawn anew for it. */
export function printLight(): void {
  window.addEventListener('beforeprint', () => {
    document.documentElement.dataset['theme'] = 'light';
  });
  window.addEventListener('afterprint', applyTheme);
}

/** `auto` follows the system. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = currentTheme();
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
