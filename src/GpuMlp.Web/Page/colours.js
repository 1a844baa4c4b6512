// The colours of values and classes, in light and dark.

const dark = matchMedia('(prefers-color-scheme: dark)');
export const isDark = () => dark.matches;
export function onScheme(act) { dark.addEventListener('change', act); }

// of 0, one half and 1
const ends = () => dark.matches ? [[52, 92, 156], [30, 33, 38], [172, 98, 44]] : [[134, 169, 217], [248, 247, 244], [242, 178, 128]];
const pale = [[150, 190, 250], [255, 190, 130]];
const hues = [[41, 92, 168], [206, 96, 22], [70, 150, 100], [190, 80, 120], [130, 100, 190], [120, 130, 60], [60, 150, 165], [150, 105, 80]];
const missing = [150, 150, 150];

export function ofShare(share) {
  const [low, middle, high] = ends(), t = Math.abs(2 * share - 1), end = share < 0.5 ? low : high;
  return middle.map((value, k) => value + (end[k] - value) * t);
}

export function ofClass(k, share = 1) {
  const middle = ends()[1], hue = hues[k % hues.length], fade = 0.62 ** Math.floor(k / hues.length);
  return hue.map((value, c) => middle[c] + (value - middle[c]) * fade * share);
}

// of points, and of lines that say which way a weight goes
export function strong(k) { return dark.matches && k < 2 ? pale[k] : ofClass(k); }

export function css(colour, alpha = 1) { return `rgb(${colour.map(Math.round).join(' ')} / ${alpha})`; }

// the pixel of each value of a picture, as ImageData has it
export function table(kind) {
  const pixels = new Uint32Array(256), bytes = new Uint8Array(pixels.buffer);
  for (let value = 0; value < 256; value++) {
    const colour = value === 255 ? missing : kind === 'class' ? ofClass(value, 0.5) : ofShare(value / 254);
    for (let c = 0; c < 3; c++) bytes[4 * value + c] = Math.round(colour[c]);
    bytes[4 * value + 3] = 255;
  }
  return pixels;
}

export function variable(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

// draws pixels of a square into a canvas of any size
export function paint(canvas, pixels, side, lookup) {
  const image = new ImageData(side, side), words = new Uint32Array(image.data.buffer);
  for (let k = 0; k < words.length; k++) words[k] = lookup[pixels[k]];
  const context = canvas.getContext('2d');
  if (canvas.width === side) return context.putImageData(image, 0, 0);
  const small = new OffscreenCanvas(side, side);
  small.getContext('2d').putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

// makes a canvas as sharp as the screen, and returns a context in its own units
export function sharpen(canvas) {
  const scale = devicePixelRatio, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale))
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
