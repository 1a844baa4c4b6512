// Losses and accuracies by step.

import * as colours from './colours.js';

const most = 700;
let history = [];

export function clear() { history = []; draw(); }

export function add(head) {
  const last = history.at(-1);
  if (last && head.step < last.step) history = [];
  if (last && head.step === last.step) history.pop();
  history.push({ step: head.step, training: head.loss, validation: head.validationLoss, batches: head.batchLoss ?? last?.batches ?? null,
    right: head.accuracy, keptRight: head.validationAccuracy });
  if (history.length > most) history = history.filter((_, k) => k % 2 === 0 || k === history.length - 1);
  draw();
}

export function draw() {
  if (!document.getElementById('curvesView').open) return;
  chart('losses', [['batches', '--quiet', 1, []], ['training', '--accent', 2, []], ['validation', '--one', 2, [5, 4]]], 0);
  chart('accuracies', [['right', '--accent', 2, []], ['keptRight', '--one', 2, [5, 4]]], null);
}

function chart(id, lines, floor) {
  const { context, width, height } = colours.sharpen(document.getElementById(id));
  const values = history.flatMap(at => lines.map(([name]) => at[name])).filter(Number.isFinite);
  context.font = '10px system-ui, sans-serif';
  context.fillStyle = colours.variable('--quiet');
  const left = 38, bottom = height - 4, top = 6;
  let low = floor ?? Math.min(...values), high = values.length ? Math.max(...values) : 1;
  if (floor !== null && values.length > 8) {                    // one wild step must not flatten the rest
    const sorted = values.slice().sort((a, b) => a - b);
    high = Math.min(high, 1.6 * sorted[Math.floor(sorted.length * 0.95)]);
  }
  if (!values.length) low = 0;
  if (!(high > low)) [low, high] = [low - 0.05, high + 0.05];
  // the first steps do most, so they get most of the room
  const end = Math.log1p(history.at(-1)?.step || 1);
  const x = step => left + (width - left - 4) * Math.log1p(step) / end, y = value => bottom - (bottom - top) * Math.min(1, (value - low) / (high - low));
  context.strokeStyle = colours.variable('--line');
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const value = low + share * (high - low), at = Math.round(y(value)) + 0.5;
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(width, at);
    context.stroke();
    context.textAlign = 'right';
    context.fillText(id === 'losses' ? value.toPrecision(2) : `${(100 * value).toFixed(1)} %`, left - 4, Math.min(height - 2, at + 4));
  }
  for (const [name, colour, thickness, dash] of lines) {
    context.strokeStyle = colours.variable(colour);
    context.globalAlpha = name === 'batches' ? 0.45 : 1;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.beginPath();
    let begun = false;
    for (const at of history) {
      if (!Number.isFinite(at[name])) continue;
      if (begun) context.lineTo(x(at.step), y(at[name])); else context.moveTo(x(at.step), y(at[name]));
      begun = true;
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}
