/**
 * Builds the Dockerfile with buildah, and checks the image: `npm run image -- FOLDER`. Copies what it
 * would run to FOLDER. Without buildah, and as nobody who may install it, it says so and does nothing.
 */
import { rmSync } from 'node:fs';
import { buildImage } from './deploy/build-image.ts';
import { checkImage } from './deploy/check-image.ts';
import { installed, output } from './deploy/tools.ts';

const [folder] = process.argv.slice(2);

if (installed('buildah', 'buildah', 'crun')) {
  await using image = buildImage();
  for (const line of checkImage(image)) process.stdout.write(`✔ ${line}\n`);
  if (folder) {
    rmSync(folder, { recursive: true, force: true });
    output('cp', ['-a', `${image.files}/app`, folder]);
  }
} else process.stdout.write('the image is not built: there is no buildah here\n');
