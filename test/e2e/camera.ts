import type { Page } from 'playwright-core';

/** Puts a moving picture in the place of the camera, which headless Chromium has none of. */
export const plugInCamera = (page: Page): Promise<unknown> =>
  page.evaluate(`{
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const draw = () => {
      const context = canvas.getContext('2d');
      context.fillStyle = 'hsl(' + (performance.now() / 20) % 360 + ' 40% 60%)';
      context.fillRect(0, 0, 640, 480);
      requestAnimationFrame(draw);
    };
    draw();
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
  }`);
