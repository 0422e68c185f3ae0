import type {Browser} from "playwright-core";
import {animationOf, type Frame} from "./webp.ts";

/** A picture of the page, and for how long it is shown. */
export interface Picture {
  readonly png: Buffer;
  readonly ms: number;
}

/** Makes an animation of pictures of one size: the browser encodes of each what changed. */
export async function encode(browser: Browser, pictures: readonly Picture[]): Promise<Buffer> {
  const page = await browser.newPage();
  await page.evaluate(OPEN);
  const frames: Frame[] = [];
  for (const {png, ms} of pictures) {
    const part = (await page.evaluate(`differ("${png.toString("base64")}")`)) as Part | null;
    if (part) frames.push({...part, still: Buffer.from(part.still, "base64"), ms});
    else extend(frames, ms);
  }
  await page.close();
  return animationOf(frames, frames[0]!);
}

type Part = Omit<Frame, "still" | "ms"> & {readonly still: string};

/** What shows the same as before is no frame of its own. */
function extend(frames: Frame[], ms: number) {
  const last = frames.pop();
  if (last) frames.push({...last, ms: last.ms + ms});
}

/** In the page: `differ` takes the next picture, and gives the part of it that the last did not have. */
const OPEN = `
  let before;
  globalThis.differ = async (png) => {
    const bytes = Uint8Array.fromBase64(png);
    const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d", {alpha: false, willReadFrequently: true});
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    const box = boxOf(pixels, image.width, image.height);
    before = pixels;
    if (!box) return null;
    const part = new OffscreenCanvas(box.width, box.height);
    part.getContext("2d", {alpha: false}).drawImage(image, -box.x, -box.y);
    const blob = await part.convertToBlob({type: "image/webp", quality: 0.7});
    return {...box, still: new Uint8Array(await blob.arrayBuffer()).toBase64()};
  };
  function boxOf(pixels, width, height) {
    if (!before) return {x: 0, y: 0, width, height};
    let [left, top, right, bottom] = [width, height, -1, -1];
    for (let at = 0; at < pixels.length; at++) {
      if (pixels[at] === before[at]) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
    }
    if (right < 0) return undefined;
    [left, top] = [left - (left % 2), top - (top % 2)];
    return {x: left, y: top, width: right - left + 1, height: bottom - top + 1};
  }
`;
