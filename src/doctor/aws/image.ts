import { imageOf } from '../../provision/images.ts';
import { newestContentOf } from '../../provision/launch-template.ts';
import { type Site, workerName } from '../../provision/site.ts';
import { type Check, failed, ok } from '../check.ts';
import { provisionCommand } from './missing.ts';

/** Whether new instances can be made, and the image of theirs is still there. */
export function imageCheck(site: Site): Check {
  return {
    name: 'image',
    async look() {
      const { ImageId } = await newestContentOf(site);
      if (ImageId === undefined) {
        return failed(
          `There is no launch template ${workerName(site.names)}.`,
          `Make it: ${provisionCommand(site.names)}`,
        );
      }
      const image = await imageOf(site, ImageId);
      return image?.State === 'available'
        ? ok(`New instances are made of ${ImageId} (${image.Name}).`)
        : failed(
            `The image ${ImageId} of the launch template cannot be used.`,
            `Make one with facefleet bake; then ${provisionCommand(site.names)}`,
          );
    },
  };
}
