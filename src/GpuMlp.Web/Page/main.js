// The page: what comes from the program is shown, what is done here is sent to it.

import * as colours from './colours.js';
import * as curves from './curves.js';
import * as link from './link.js';
import * as network from './network.js';
import * as pen from './pen.js';
import * as plane from './plane.js';
import * as seeds from './seeds.js';
import * as settings from './settings.js';

const $ = id => document.getElementById(id);
const show = (id, text) => { $(id).textContent = text; };
const count = number => Math.round(number).toLocaleString('en');
const percent = share => share === null ? '–' : `${(100 * share).toFixed(1)} %`;
let playing = false, frames = 0, dataName = null;

function complain(text) {
  show('error', text);
  $('error').hidden = !text;
}

link.on('hello', head => {
  settings.begin(head);
  settings.wire();
  view();
  try { settings.openFragment(location.hash); } catch (e) { complain(e.message); }
});

link.on('config', head => {
  complain('');
  settings.show(head);
  network.describe(head.config.net.split('-').map(Number), head.inputs);
  show('notes', head.notes.join('\n'));
  const address = location.pathname + settings.fragment();
  if (location.pathname + location.hash !== address) history.replaceState(null, '', address);
  if (head.step === 0) curves.clear();
});

link.on('data', (head, parts) => {
  if (dataName !== head.name) plane.forget();
  dataName = head.name;
  const points = link.floats(parts.points), labels = points.filter((_, k) => k % 4 === 2);
  if (settings.current().data !== 'csv:points.csv') pen.fromFile();
  plane.setData(points, head.classes.length, labels.reduce((a, b) => Math.min(a, b), Infinity), labels.reduce((a, b) => Math.max(a, b), -Infinity));
  show('xName', `${head.x} to the right, ${head.y} up${head.held ? `; ${head.held}` : ''}`);
  const names = head.classes.slice(0, 8).map((name, k) => {
    const entry = document.createElement('span'), dot = document.createElement('i');
    dot.className = 'dot';
    dot.style.background = colours.css(colours.strong(k));
    entry.append(dot, /^\d+$/.test(name) ? `class ${name}` : name);
    return entry;
  });
  $('legend').replaceChildren(...names, `${count(head.rows)} rows${head.keptBack ? `, ${count(head.keptBack)} kept back` : ''}`);
});

link.on('frame', (head, parts) => requestAnimationFrame(() => {
  setPlaying(head.playing);
  show('step', count(head.step));
  show('rate', head.rate > 0 ? count(head.rate) : '–');
  show('loss', head.loss === null ? '–' : head.loss < 0.001 ? head.loss.toExponential(1) : head.loss.toFixed(4));
  show('accuracy', percent(head.accuracy));
  $('kept').hidden = head.validationLoss === null;
  show('keptAccuracy', head.validationAccuracy === null ? head.validationLoss?.toFixed(4) ?? '–' : percent(head.validationAccuracy));
  plane.show(head, parts.plane);
  curves.add(head);
  network.take(head, parts);
  if (parts.mosaic) seeds.take(head, parts.mosaic);
  frames++;
  document.body.dataset.frames = frames;
  link.send('seen');
}));

link.on('error', head => {
  settings.revert();
  complain(head.text);
});

link.on('file', (head, parts) => {
  save(head.name, parts.bytes);
});

link.onClose(reason => {
  setPlaying(false);
  complain(reason || 'The connection to gpumlp has ended: start gpumlp play again, or open another page less, and load this page anew.');
});

function save(name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes]));
  const anchor = Object.assign(document.createElement('a'), { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  document.body.dataset.saved = `${name} ${bytes.length}`;
  show('saved', `${name}: ${count(bytes.length)} bytes`);
}

function setPlaying(now) {
  playing = now;
  show('play', now ? 'Pause' : 'Play');
  $('play').setAttribute('aria-pressed', String(now));
}

const isOpen = id => $(id).open;
function view() {
  plane.onView(window => link.send('view', { window, side: 512, tiles: isOpen('unitsView') || isOpen('warpView'), weights: isOpen('unitsView') || isOpen('weightsView') }));
  plane.sendView();
}
for (const id of ['curvesView', 'unitsView', 'weightsView', 'warpView'])
  $(id).addEventListener('toggle', () => { plane.sendView(); network.redraw(); curves.draw(); });

plane.watch(seen => {
  const digits = (low, high) => Math.min(9, Math.max(1, 2 - Math.floor(Math.log10(high - low))));
  const text = (low, high) => `${low.toFixed(digits(low, high))} to ${high.toFixed(digits(low, high))}`;
  show('window', `${text(seen.x0, seen.x1)}, ${text(seen.y0, seen.y1)}`);
});

$('play').onclick = () => { link.send(playing ? 'pause' : 'play'); setPlaying(!playing); };
$('one').onclick = () => link.send('steps', { count: 1 });
$('many').onclick = () => link.send('steps', { count: Math.round(Number($('count').value)) });
$('reset').onclick = () => link.send('reset');
$('speed').onchange = () => link.send('speed', { perSecond: Number($('speed').value) });
$('nearer').onclick = () => plane.zoom(0.7);
$('farther').onclick = () => plane.zoom(1 / 0.7);
$('whole').onclick = () => plane.showAll();
for (const [id, what] of [['saveModel', 'model'], ['saveRun', 'run'], ['savePng', 'png'], ['saveGif', 'gif']]) $(id).onclick = () => link.send('save', { what });
$('saveData').onclick = () => save('points.csv', plane.asCsv());
$('copyLink').onclick = async () => {
  const address = location.origin + location.pathname + settings.fragment();
  try { await navigator.clipboard.writeText(address); show('saved', `${address} is copied`); } catch { show('saved', address); }
};

async function take(file) {
  if (!file) return;
  if (file.size > 16 << 20) return complain(`${file.name} has ${count(file.size)} bytes; a page takes ${count(16 << 20)} at most`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.name.endsWith('.json')) return link.send('open', { text: new TextDecoder().decode(bytes) });
  pen.fromFile();
  link.sendFile({ name: file.name, config: { ...settings.current(), derive: null, axes: null, features: null, label: null, header: null, window: null } }, bytes);
}
$('file').onchange = () => take($('file').files[0]);
addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('dropping'); });
addEventListener('dragleave', () => document.body.classList.remove('dropping'));
addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  take(event.dataTransfer.files[0]);
});

colours.onScheme(() => { document.querySelectorAll('#legend .dot').forEach((dot, k) => { dot.style.background = colours.css(colours.strong(k)); }); plane.redraw(); curves.draw(); network.redraw(); });
pen.wire();
seeds.wire();
link.open();
