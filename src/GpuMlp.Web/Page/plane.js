// The plane with the points of the data: what the network says at each point, seen nearer and farther.

import * as colours from './colours.js';
import * as link from './link.js';

const picture = document.getElementById('plane'), overlay = document.getElementById('points');
const least = 1e-6;
let seen = { x0: -1, x1: 1, y0: -1, y1: 1 }, kind = 'probability', lookup = null;
let last = null, points = new Float32Array(0), range = [0, 1], classes = 2;
let wanted = null, pen = null, onDrawn = () => {}, onWindow = () => {};

export function watch(windowChanged) { onWindow = windowChanged; }

export function setData(values, count, low, high) {
  [points, classes, range] = [values, count, [low, high]];
  drawPoints();
}

export const colourOf = label => classes ? colours.strong(label) : colours.ofShare((label - range[0]) / (range[1] - range[0]));

export function data() { return { points, classes }; }

// the points as a file
export function asCsv() {
  let text = last?.curve ? 'x,label\n' : 'x,y,label\n';
  for (let k = 0; k < points.length; k += 4) text += (last?.curve ? [points[k], points[k + 2]] : [...points.subarray(k, k + 3)]).join() + '\n';
  return new TextEncoder().encode(text);
}

// what is seen, as settings have it, and what was asked for; null for all
export const textOf = window => window && `${window.x0}:${window.x1},${window.y0}:${window.y1}`;
export const seenText = () => textOf(seen);
export const wantedText = () => textOf(wanted);

export function parse(text) {
  const [x0, x1, y0, y1] = text.split(/[:,]/).map(Number);
  return { x0, x1, y0, y1 };
}

// forgets the window of other data
export function forget() { wanted = null; }

export function show(head, pixels, curve) {
  const now = parse(head.window);
  const moved = ['x0', 'x1', 'y0', 'y1'].some(edge => now[edge] !== seen[edge]);
  seen = now;
  if (kind !== head.values || !lookup) [kind, lookup] = [head.values, colours.table(head.values)];
  last = { pixels, side: head.side, curve, curves: head.curves };
  paint();
  if (moved) { drawPoints(); onWindow(seen); }
}

export function redraw() {
  lookup = colours.table(kind);
  if (last) paint();
  drawPoints();
}

function paint() {
  colours.paint(picture, last.pixels, last.side, lookup);
  if (!last.curve) return;
  const context = picture.getContext('2d'), { width, height } = picture, count = last.curves ?? last.curve.length / last.side, places = last.curve.length / count;
  context.lineWidth = 2.5;
  for (let k = 0; k < count; k++) {
    context.strokeStyle = count === 1 ? colours.variable('--ink') : colours.css(colours.strong(k));
    context.beginPath();
    for (let at = 0; at < places; at++)
      context.lineTo(at / (places - 1) * width, (seen.y1 - last.curve[at * count + k]) / (seen.y1 - seen.y0) * height);
    context.stroke();
  }
}

function drawPoints() {
  const { context, width, height } = colours.sharpen(overlay);
  const count = points.length / 4, radius = count > 3000 ? 1.6 : count > 800 ? 2.2 : 3;
  const ink = colours.variable('--ink'), edge = colours.isDark() ? 'rgb(15 17 20 / .8)' : 'rgb(255 255 255 / .75)';
  context.lineWidth = 0.8;
  for (let k = 0; k < count; k++) {
    const [x, y, label, kept] = points.subarray(4 * k, 4 * k + 4);
    const px = (x - seen.x0) / (seen.x1 - seen.x0) * width, py = (seen.y1 - y) / (seen.y1 - seen.y0) * height;
    if (px < -5 || py < -5 || px > width + 5 || py > height + 5) continue;
    context.beginPath();
    context.arc(px, py, radius, 0, 7);
    context.fillStyle = colours.css(colourOf(label), kept ? 0.25 : 0.95);
    context.fill();
    context.strokeStyle = !classes ? ink : kept ? colours.css(colours.strong(label)) : edge;
    context.stroke();
  }
}

export function look(window) {
  for (const [low, high] of [['x0', 'x1'], ['y0', 'y1']]) {
    const span = window[high] - window[low];
    if (!(span > least * Math.max(1e-3, Math.abs(window[low]), Math.abs(window[high]))) || !(span < 1e12)) return;
  }
  view(window);
}

function view(window) {
  wanted = window;
  sendView();
}

export let sendView = () => {};
export function onView(act) {
  sendView = () => act(wantedText());
}

export function showAll() { wanted = null; sendView(); }

export function zoom(factor, at = { x: 0.5, y: 0.5 }) {
  const now = wanted ?? seen, x = now.x0 + at.x * (now.x1 - now.x0), y = now.y1 - at.y * (now.y1 - now.y0);
  look({ x0: x - (x - now.x0) * factor, x1: x + (now.x1 - x) * factor, y0: y - (y - now.y0) * factor, y1: y + (now.y1 - y) * factor });
}

export function move(dx, dy) {
  const now = wanted ?? seen, x = dx * (now.x1 - now.x0), y = dy * (now.y1 - now.y0);
  look({ x0: now.x0 - x, x1: now.x1 - x, y0: now.y0 + y, y1: now.y1 + y });
}

// with a pen, the pointer draws; without, it moves what is seen
export function takePen(act, done) { [pen, onDrawn] = [act, done]; overlay.classList.toggle('pen', !!act); }

const held = new Map();
const place = event => {
  const box = overlay.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, size: box.width };
};
const draw = at => pen(seen.x0 + at.x * (seen.x1 - seen.x0), seen.y1 - at.y * (seen.y1 - seen.y0),
  12 / at.size * (seen.x1 - seen.x0), 12 / at.size * (seen.y1 - seen.y0));

overlay.addEventListener('pointerdown', event => {
  overlay.setPointerCapture(event.pointerId);
  held.set(event.pointerId, place(event));
  if (pen) draw(place(event));
});
overlay.addEventListener('pointermove', event => {
  const before = held.get(event.pointerId), now = place(event);
  if (!before) return;
  if (pen) {
    if (Math.hypot(now.x - before.x, now.y - before.y) * now.size < 9) return;
    draw(now);
  } else if (held.size === 1) move(now.x - before.x, now.y - before.y);
  else {
    const other = [...held].find(([id]) => id !== event.pointerId)[1];
    const distance = at => Math.hypot(at.x - other.x, at.y - other.y);
    if (distance(now) > 0.02) zoom(distance(before) / distance(now), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }
  held.set(event.pointerId, now);
});
for (const end of ['pointerup', 'pointercancel'])
  overlay.addEventListener(end, event => { if (held.delete(event.pointerId) && pen) onDrawn(); });
overlay.addEventListener('wheel', event => { event.preventDefault(); zoom(Math.exp(event.deltaY / 400), place(event)); }, { passive: false });
overlay.addEventListener('dblclick', () => { if (!pen) showAll(); });
overlay.addEventListener('keydown', event => {
  const keys = { '+': () => zoom(0.7), '=': () => zoom(0.7), '-': () => zoom(1 / 0.7), 0: showAll,
    ArrowLeft: () => move(0.1, 0), ArrowRight: () => move(-0.1, 0), ArrowUp: () => move(0, 0.1), ArrowDown: () => move(0, -0.1) };
  if (pen || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
new ResizeObserver(drawPoints).observe(overlay);
