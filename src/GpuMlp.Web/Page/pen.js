// Points drawn by hand: they are a file like any other, which the page makes.

import * as link from './link.js';
import * as plane from './plane.js';
import * as settings from './settings.js';

const $ = id => document.getElementById(id);
let drawn = [], mode = null;

export function fromFile() { drawn = []; }

function set(next) {
  mode = mode === next ? null : next;
  for (const id of ['draw', 'erase']) $(id).setAttribute('aria-pressed', String(mode === id));
  if (mode && drawn.length === 0 && settings.current().data !== 'csv:points.csv') {
    const { points, classes } = plane.data();
    if (classes) for (let k = 0; k < points.length; k += 4) drawn.push([points[k], points[k + 1], points[k + 2]]);
  }
  plane.takePen(mode === 'draw' ? add : mode === 'erase' ? remove : null, upload);
}

function show() {
  plane.setData(Float32Array.from(drawn.flatMap(point => [...point, 0])), 8, 0, 1);
}

function add(x, y) {
  drawn.push([x, y, Number($('pen').value)]);
  show();
}

function remove(x, y, dx, dy) {
  drawn = drawn.filter(point => ((point[0] - x) / dx) ** 2 + ((point[1] - y) / dy) ** 2 > 1);
  show();
}

export const csv = () => 'x,y,label\n' + drawn.map(([x, y, label]) => `${+x.toPrecision(9)},${+y.toPrecision(9)},${label}\n`).join('');

function upload() {
  const isOne = new Set(drawn.map(point => point[2])).size < 2;
  $('saved').textContent = isOne ? 'The points are trained on as soon as there are two classes: the keys 0 to 7 choose one.' : '';
  if (isOne) return;
  const bytes = new TextEncoder().encode(csv());
  link.sendFile({ name: 'points.csv', config: { ...settings.current(), derive: null, axes: null, features: null, label: null, header: null, window: plane.seenText() } }, bytes);
}

export function wire() {
  $('draw').onclick = () => set('draw');
  $('erase').onclick = () => set('erase');
  $('clear').onclick = () => { drawn = []; show(); if (mode !== 'draw') { set('draw'); drawn = []; show(); } };
  addEventListener('keydown', event => {
    if (mode === 'draw' && /^[0-7]$/.test(event.key) && !/INPUT|SELECT/.test(event.target.tagName)) $('pen').value = event.key;
  });
}
