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
  chart('losses', [['batches', '--quiet', 1, []], ['training', '--accent', 2, []], ['validation', '--one', 2, [5, 4]]]);
  document.getElementById('accuracies').hidden = history.at(-1)?.right === null;
  chart('accuracies', [['right', '--accent', 2, []], ['keptRight', '--one', 2, [5, 4]]]);
}

function chart(id, lines) {
  const isLoss = id === 'losses', { context, width, height } = colours.sharpen(document.getElementById(id));
  // the loss of a step or a few is cut where it goes beyond the others
  const values = history.flatMap(at => lines.filter(([name]) => name !== 'batches').map(([name]) => at[name])).filter(Number.isFinite);
  context.font = '10px system-ui, sans-serif';
  context.fillStyle = colours.variable('--quiet');
  const left = 44, bottom = height - 4, top = 6;
  let low = values.reduce((a, b) => isLoss && b <= 0 ? a : Math.min(a, b), Infinity), high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const isLog = isLoss && high > 10 * low;                      // losses that fall far are told apart by their powers of ten
  if (!values.length) [low, high] = [0, 1];
  if (isLoss && !isLog) low = 0;
  if (!(high > low)) [low, high] = [low - 0.05, high + 0.05];
  const scale = isLog ? Math.log : value => value, back = isLog ? Math.exp : value => value;
  // the first steps do most, so they get most of the room
  const end = Math.log1p(history.at(-1)?.step || 1);
  const x = step => left + (width - left - 4) * Math.log1p(step) / end, y = value => bottom - (bottom - top) * Math.min(1, Math.max(0, (scale(value) - scale(low)) / (scale(high) - scale(low))));
  context.strokeStyle = colours.variable('--line');
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const value = back(scale(low) + share * (scale(high) - scale(low))), at = Math.round(y(value)) + 0.5;
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(width, at);
    context.stroke();
    context.textAlign = 'right';
    context.fillText(isLoss ? value.toPrecision(2) : `${(100 * value).toFixed(1)} %`, left - 4, Math.min(height - 2, at + 4));
  }
  for (const [name, colour, thickness, dash] of lines) {
    context.strokeStyle = colours.variable(colour);
    context.globalAlpha = name === 'batches' ? 0.45 : 1;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    const seen = history.filter(at => Number.isFinite(at[name]));
    context.beginPath();
    for (const at of seen) context.lineTo(x(at.step), y(at[name]));
    if (seen.length === 1) context.arc(x(seen[0].step), y(seen[0][name]), thickness, 0, 7);
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}
