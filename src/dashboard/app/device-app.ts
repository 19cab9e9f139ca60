import { devicePageWords } from './device-page-words.ts';
import { deviceWords } from './device-words.ts';
import type { App } from './frame/app.ts';
import { PAGES } from './pages.ts';

/** The pages of a device. */
export const deviceApp: App = { pages: PAGES, names: devicePageWords, answerer: deviceWords };
