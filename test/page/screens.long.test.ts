/** Every screen of a login in a real Chromium: complete, accessible, and the same after a reload. */
import { codeScreens } from './code-screens.ts';
import { endScreens } from './end-screens.ts';
import { lookAt } from './look-at.ts';
import { setUpScreens } from './set-up-screens.ts';

lookAt('screens', [...codeScreens, ...setUpScreens, ...endScreens]);
