/** Every screen of "Bewerk 2FA" in a real Chromium: complete, accessible, and the same after a reload. */
import { editAddScreens } from './edit-add-screens.ts';
import { editMoreScreens } from './edit-more-screens.ts';
import { editScreens } from './edit-screens.ts';
import { lookAt } from './look-at.ts';

lookAt('screens-edit', [...editScreens, ...editAddScreens, ...editMoreScreens]);
