import type { Page } from './frame/app.ts';
import type { PageId } from './page-id.ts';

/** In the order of the navigation; the first is shown where the address names none. */
export const PAGES: readonly Page<PageId>[] = [
  { id: 'now', load: () => import('./pages/now/page.tsx') },
  { id: 'performance', load: () => import('./pages/performance/page.tsx') },
  { id: 'resources', load: () => import('./pages/resources/page.tsx') },
  { id: 'cache', load: () => import('./pages/cache/page.tsx') },
  { id: 'database', load: () => import('./pages/database/page.tsx') },
  { id: 'tuning', load: () => import('./pages/tuning/page.tsx') },
  { id: 'alerts', load: () => import('./pages/alerts/page.tsx') },
  { id: 'reports', load: () => import('./pages/reports/page.tsx') },
  { id: 'models', load: () => import('./pages/models/page.tsx') },
  { id: 'setup', load: () => import('./pages/setup/page.tsx') },
];
