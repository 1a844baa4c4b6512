// The same network from other seeds, side by side.

import * as colours from './colours.js';
import * as link from './link.js';
import * as settings from './settings.js';

const $ = id => document.getElementById(id);
let on = false, across = 0, first = 0, count = 0;

export function take(head, pixels) {
  const { context, width } = colours.sharpen($('tiles'));
  [across, first, count] = [Math.round(Math.sqrt(head.mosaicCount)), head.mosaicSeed, head.mosaicCount];
  const side = head.mosaicSide, gap = 3, size = (width - (across - 1) * gap) / across;
  const lookup = colours.table(head.values), tile = new OffscreenCanvas(side, side);
  for (let k = 0; k < count; k++) {
    colours.paint(tile, pixels.subarray(k * side * side, (k + 1) * side * side), side, lookup);
    context.drawImage(tile, k % across * (size + gap), Math.floor(k / across) * (size + gap), size, size);
  }
  $('mosaicText').textContent = `seeds ${first} to ${first + count - 1}, ${head.mosaicStep.toLocaleString('en')} steps each`;
}

// what the program says: a mosaic that it refused, or gave up, is off
export function set(now) {
  if (on === now > 0) return;
  on = now > 0;
  show();
}

// another training begins: pictures of the one before say nothing of it
export function clear() {
  count = 0;
  colours.sharpen($('tiles'));
  $('mosaicText').textContent = '';
}

const show = () => $('mosaic').setAttribute('aria-pressed', String(on));

function send() {
  link.send('mosaic', { count: on ? Number($('seeds').value) : 0 });
  show();
}

export function wire() {
  $('mosaic').onclick = () => { on = !on; send(); if (on) link.send('play'); };
  $('seeds').onchange = () => { if (on) send(); };
  $('tiles').onclick = event => {
    const k = Math.floor(event.offsetX / $('tiles').clientWidth * across) + across * Math.floor(event.offsetY / $('tiles').clientHeight * across);
    if (k < count) settings.change({ seed: first + k });
  };
}
