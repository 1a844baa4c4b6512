// The same network from other seeds, side by side.

import * as colours from './colours.js';
import * as link from './link.js';

const $ = id => document.getElementById(id);
let on = false;

export function take(head, pixels) {
  const { context, width } = colours.sharpen($('tiles'));
  const across = Math.round(Math.sqrt(head.mosaicCount)), side = head.mosaicSide, gap = 3, size = (width - (across - 1) * gap) / across;
  const lookup = colours.table(head.values), tile = new OffscreenCanvas(side, side);
  for (let k = 0; k < head.mosaicCount; k++) {
    colours.paint(tile, pixels.subarray(k * side * side, (k + 1) * side * side), side, lookup);
    context.drawImage(tile, k % across * (size + gap), Math.floor(k / across) * (size + gap), size, size);
  }
  $('mosaicText').textContent = `seeds ${head.mosaicSeed} to ${head.mosaicSeed + head.mosaicCount - 1}, ${head.mosaicStep.toLocaleString('en')} steps each`;
}

function send() {
  link.send('mosaic', { count: on ? Number($('seeds').value) : 0 });
  $('mosaic').setAttribute('aria-pressed', String(on));
}

export function wire() {
  $('mosaic').onclick = () => { on = !on; send(); if (on) link.send('play'); };
  $('seeds').onchange = () => { if (on) send(); };
}
