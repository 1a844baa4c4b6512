// The inside of the network: its hidden units, its connections, and the plane as a layer of two units bends it.

import * as colours from './colours.js';
import { floats } from './link.js';
import * as plane from './plane.js';

const box = document.getElementById('units');
let shape = '', buttons = [], latest = null, chosen = null, hovered = null, net = [], inputs = [], weights = null;

export function describe(widths, names) { [net, inputs, weights, latest] = [widths, names, null, null]; }

export function take(head, parts) {
  if (parts.weights) weights = floats(parts.weights);
  if (parts.tiles) {
    latest = { units: head.units, side: head.tileSide, tiles: parts.tiles, scales: floats(parts.scales), parts };
    drawUnits();
    drawWarp();
  }
  drawConnections();
}

export function redraw() { drawUnits(); drawConnections(); drawWarp(); }

function drawUnits() {
  if (!latest || !document.getElementById('unitsView').open) return;
  const { units, side, tiles } = latest, count = tiles.length / (side * side);
  if (shape !== units.join('-')) build(units, count);
  const lookup = colours.table('share');
  buttons.forEach((button, k) => colours.paint(button.firstChild, tiles.subarray(k * side * side, (k + 1) * side * side), side, lookup));
  drawLarge(lookup);
}

function build(units, count) {
  shape = units.join('-');
  box.replaceChildren();
  [buttons, chosen, hovered] = [[], null, null];
  units.forEach((width, layer) => {
    const row = document.createElement('div'), title = document.createElement('h3');
    row.className = 'unitRow';
    title.textContent = `layer ${layer + 1}, ${width} ${width === 1 ? 'unit' : 'units'}`;
    row.append(title);
    for (let unit = 0; unit < width && buttons.length < count; unit++) {
      const button = document.createElement('button'), canvas = document.createElement('canvas'), k = buttons.length;
      canvas.width = canvas.height = 32;
      button.type = 'button';
      button.setAttribute('aria-label', `Unit ${unit + 1} of layer ${layer + 1}`);
      button.setAttribute('aria-pressed', 'false');
      Object.assign(button.dataset, { layer, unit });
      button.append(canvas);
      button.onclick = () => choose(chosen === k ? null : k);
      button.onmouseenter = () => { hovered = k; drawLarge(); };
      button.onmouseleave = () => { hovered = null; drawLarge(); };
      buttons.push(button);
      row.append(button);
    }
    box.append(row);
  });
}

function choose(k) {
  chosen = k;
  buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === k)));
  drawLarge();
}

function drawLarge(lookup = colours.table('share')) {
  const k = hovered ?? chosen, panel = document.getElementById('unit');
  panel.hidden = k === null;
  if (k === null || !latest) return;
  const { side, tiles, scales } = latest, { layer, unit } = buttons[k].dataset;
  colours.paint(document.getElementById('large'), tiles.subarray(k * side * side, (k + 1) * side * side), side, lookup);
  document.getElementById('unitName').textContent = `unit ${+unit + 1} of layer ${+layer + 1}, up to ${scales[k].toPrecision(3)}`;
  drawIncoming(+layer, +unit);
}

// weights lie input by input in each layer, its biases behind them
function layerAt(layer) {
  let at = 0;
  for (let l = 0; l < layer; l++) at += (net[l] + 1) * net[l + 1];
  return at;
}

export function weight(layer, from, to) { return weights[layerAt(layer) + from * net[layer + 1] + to]; }

function drawIncoming(layer, unit) {
  const text = document.getElementById('incomingText');
  if (!weights) { text.textContent = ''; return; }
  const { context, width, height } = colours.sharpen(document.getElementById('incoming'));
  const count = net[layer], values = Array.from({ length: count + 1 }, (_, from) => weight(layer, from, unit));
  const largest = Math.max(...values.map(Math.abs), 1e-30), middle = height / 2, step = width / (count + 1);
  values.forEach((value, k) => {
    context.fillStyle = colours.css(colours.strong(value < 0 ? 0 : 1), k === count ? 0.5 : 1);
    context.fillRect(k * step + step * 0.1, Math.min(middle, middle - value / largest * (middle - 2)), step * 0.8, Math.abs(value) / largest * (middle - 2));
  });
  context.fillStyle = colours.variable('--line');
  context.fillRect(0, middle, width, 1);
  const name = k => k === count ? 'bias' : layer === 0 ? inputs[k] ?? `input ${k + 1}` : `unit ${k + 1}`;
  const order = values.map((_, k) => k).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, 4);
  text.textContent = order.map(k => `${name(k)} ${values[k].toPrecision(3)}`).join(', ');
}

function drawConnections() {
  if (!weights || !document.getElementById('weightsView').open) return;
  const { context, width, height } = colours.sharpen(document.getElementById('connections'));
  const shown = net.map(units => Math.min(units, 64)), pad = 12;
  const x = layer => pad + (width - 2 * pad) * layer / (net.length - 1), y = (layer, k) => shown[layer] === 1 ? height / 2 : pad + (height - 2 * pad) * k / (shown[layer] - 1);
  for (let layer = 0; layer + 1 < net.length; layer++) {
    let largest = 1e-30;
    for (let from = 0; from < shown[layer]; from++)
      for (let to = 0; to < shown[layer + 1]; to++) largest = Math.max(largest, Math.abs(weight(layer, from, to)));
    for (let from = 0; from < shown[layer]; from++)
      for (let to = 0; to < shown[layer + 1]; to++) {
        const value = weight(layer, from, to), share = Math.abs(value) / largest;
        if (share < 0.02) continue;
        context.strokeStyle = colours.css(colours.strong(value < 0 ? 0 : 1), 0.15 + 0.8 * share);
        context.lineWidth = 0.4 + 2.6 * share;
        context.beginPath();
        context.moveTo(x(layer), y(layer, from));
        context.lineTo(x(layer + 1), y(layer + 1, to));
        context.stroke();
      }
  }
  for (let layer = 0; layer < net.length; layer++)
    for (let k = 0; k < shown[layer]; k++) {
      context.fillStyle = colours.variable('--ink');
      context.beginPath();
      context.arc(x(layer), y(layer, k), shown[layer] > 24 ? 1.6 : 3.5, 0, 7);
      context.fill();
    }
}

// of the last layer of two units: where each point of the plane goes, and the data's points with it
function drawWarp() {
  if (!document.getElementById('warpView').open) return;
  const text = document.getElementById('warpText'), canvas = document.getElementById('warp'), layer = net.slice(1, -1).lastIndexOf(2);
  canvas.hidden = layer < 0;
  text.textContent = layer < 0 ? 'A hidden layer of two units shows here how it bends the plane: add one.' : `layer ${layer + 1}: its first unit to the right, its second up`;
  if (layer < 0 || !latest?.parts.bent) return;
  const { context, width, height } = colours.sharpen(canvas), lines = floats(latest.parts.bent), points = floats(latest.parts.bentPoints);
  const side = latest.side, rows = lines.length / 2 / side, pad = 10;
  const range = unit => {
    let low = Infinity, high = -Infinity;
    const look = value => { [low, high] = [Math.min(low, value), Math.max(high, value)]; };
    for (let k = unit; k < lines.length; k += 2) look(lines[k]);
    for (let k = unit; k < points.length; k += 3) look(points[k]);
    return [low, high > low ? high - low : 1];
  };
  const [[x0, dx], [y0, dy]] = [range(0), range(1)];
  const x = value => pad + (value - x0) / dx * (width - 2 * pad), y = value => height - pad - (value - y0) / dy * (height - 2 * pad);
  const line = (count, at) => {
    context.beginPath();
    for (let k = 0; k < count; k++) context.lineTo(x(lines[2 * at(k)]), y(lines[2 * at(k) + 1]));
    context.stroke();
  };
  context.lineWidth = 1;
  context.strokeStyle = colours.variable('--quiet');
  context.globalAlpha = 0.5;
  for (let row = 0; row < rows; row += 2) line(side, k => row * side + k);
  for (let column = 0; rows > 1 && column < side; column += 2) line(rows, k => k * side + column);
  context.globalAlpha = 1;
  for (let k = 0; k < points.length; k += 3) {
    context.fillStyle = colours.css(plane.colourOf(points[k + 2]));
    context.beginPath();
    context.arc(x(points[k]), y(points[k + 1]), 2.2, 0, 7);
    context.fill();
  }
  if (layer !== net.length - 3 || net.at(-1) !== 1 || !weights) return;
  drawBoundary(context, x, y, [x0, x0 + dx, y0, y0 + dy], ...[0, 1, 2].map(from => weight(layer + 1, from, 0)));
}

// the line a·x + b·y + c = 0, on which the network is undecided
function drawBoundary(context, x, y, [x0, x1, y0, y1], a, b, c) {
  if (a === 0 && b === 0) return;
  context.save();
  context.beginPath();
  context.rect(x(x0), y(y1), x(x1) - x(x0), y(y0) - y(y1));
  context.clip();
  context.strokeStyle = colours.variable('--ink');
  context.lineWidth = 2;
  context.beginPath();
  if (Math.abs(b) * (y1 - y0) > Math.abs(a) * (x1 - x0)) for (const at of [x0, x1]) context.lineTo(x(at), y(-(a * at + c) / b));
  else for (const at of [y0, y1]) context.lineTo(x(-(b * at + c) / a), y(at));
  context.stroke();
  context.restore();
}
