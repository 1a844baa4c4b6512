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
let playing = false, frames = 0, dataName = null, opening = null, written = 0, writing = 0, wrong = '';

function complain(text) {
  show('error', text);
  $('error').hidden = !text;
}

link.on('hello', head => {
  settings.begin(head);
  settings.wire();
  view();
  try { opening = settings.openFragment(location.hash); } catch (e) { wrong = e.message; }
});

link.on('config', head => {
  complain(wrong);
  wrong = '';
  settings.show(head);
  network.describe(head.config.net.split('-').map(Number), head.inputs);
  if (head.step === 0) {
    show('notes', head.notes.join('\n'));
    curves.clear();
    seeds.clear();
  }
  writeAddress();
});

const address = () => location.pathname + settings.fragment(plane.wantedText());

// a browser lets a page do it only so often
function writeAddress() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    written = Date.now();
    if (!opening && location.pathname + location.hash !== address()) history.replaceState(null, '', address());
  }, Math.max(0, written + 300 - Date.now()));
}

link.on('data', (head, parts) => {
  if (dataName !== head.name) plane.forget();
  dataName = head.name;
  if (opening && settings.accepted().id >= opening.id) {
    plane.look(plane.parse(opening.window));
    opening = null;
  }
  const points = link.floats(parts.points), labels = points.filter((_, k) => k % 4 === 2);
  if (settings.current().data !== 'csv:points.csv') pen.fromFile();
  const low = labels.reduce((a, b) => Math.min(a, b), Infinity), high = labels.reduce((a, b) => Math.max(a, b), -Infinity);
  plane.setData(points, head.classes.length, low, high);
  show('xName', `${head.x} to the right, ${head.y} up${head.held ? `; ${head.held}` : ''}`);
  const names = head.classes.slice(0, 8).map(name => {
    const entry = document.createElement('span'), dot = document.createElement('i');
    dot.className = 'dot';
    entry.append(dot, /^\d+$/.test(name) ? `class ${name}` : name);
    return entry;
  });
  const scale = document.createElement('canvas');
  [scale.id, scale.width, scale.height] = ['scale', 254, 1];
  if (!head.classes.length) {
    const shades = document.createElement('span');
    shades.append(low.toPrecision(3), scale, high.toPrecision(3));
    names.push(shades);
  }
  $('legend').replaceChildren(...names, `${count(head.rows)} rows${head.keptBack ? `, ${count(head.keptBack)} kept back` : ''}`);
  paintLegend();
});

link.on('frame', (head, parts) => requestAnimationFrame(() => {
  setPlaying(head.playing);
  show('step', count(head.step));
  show('rate', head.rate > 0 ? count(head.rate) : '–');
  show('loss', head.loss === null ? '–' : head.loss < 0.001 ? head.loss.toExponential(1) : head.loss.toFixed(4));
  show('accuracy', percent(head.accuracy));
  $('accuracy').parentElement.hidden = head.accuracy === null;
  $('kept').hidden = head.validationLoss === null;
  show('keptAccuracy', head.validationAccuracy === null ? head.validationLoss?.toFixed(4) ?? '–' : percent(head.validationAccuracy));
  plane.show(head, parts.plane, parts.curve && link.floats(parts.curve));
  curves.add(head);
  network.take(head, parts);
  seeds.set(head.networks);
  if (parts.mosaic) seeds.take(head, parts.mosaic);
  frames++;
  document.body.dataset.frames = frames;
  if (frames === 1) link.send('devices');                          // looking for them takes a while, so the first picture goes before
  link.send('seen');
}));

link.on('error', head => {
  opening = null;
  setPlaying(false);                                               // if it goes on, the next picture says so
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
  plane.onView(window => link.send('view', { window, side: 512, tiles: isOpen('unitsView') || isOpen('warpView'), weights: ['unitsView', 'weightsView', 'warpView'].some(isOpen) }));
  plane.sendView();
}
for (const id of ['curvesView', 'unitsView', 'weightsView', 'warpView'])
  $(id).addEventListener('toggle', () => { plane.sendView(); network.redraw(); curves.draw(); });

plane.watch(seen => {
  const digits = (low, high) => Math.min(9, Math.max(1, 2 - Math.floor(Math.log10(high - low))));
  const text = (low, high) => `${low.toFixed(digits(low, high))} to ${high.toFixed(digits(low, high))}`;
  show('window', `${text(seen.x0, seen.x1)}, ${text(seen.y0, seen.y1)}`);
  if (settings.current()) writeAddress();
});

$('play').onclick = () => { link.send(playing ? 'pause' : 'play'); setPlaying(!playing); };
$('one').onclick = () => link.send('steps', { count: 1 });
$('count').onkeydown = event => { if (event.key === 'Enter') $('many').click(); };
$('many').onclick = () => link.send('steps', { count: Math.round(Number($('count').value)) });
$('reset').onclick = () => link.send('reset');
$('speed').onchange = () => link.send('speed', { perSecond: Number($('speed').value) });
$('nearer').onclick = () => plane.zoom(0.7);
$('farther').onclick = () => plane.zoom(1 / 0.7);
$('whole').onclick = () => plane.showAll();
for (const [id, what] of [['saveModel', 'model'], ['saveRun', 'run'], ['savePng', 'png'], ['saveGif', 'gif']]) $(id).onclick = () => link.send('save', { what });
$('saveData').onclick = () => save('points.csv', plane.asCsv());
$('copyLink').onclick = async () => {
  const link = location.origin + address(), more = settings.isGenerated() ? '' : '; a table is not in it: save run.json, and the points';
  try { await navigator.clipboard.writeText(link); show('saved', `${link} is copied${more}`); } catch { show('saved', link + more); }
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

function paintLegend() {
  document.querySelectorAll('#legend .dot').forEach((dot, k) => { dot.style.background = colours.css(colours.strong(k)); });
  const scale = $('scale')?.getContext('2d');
  for (let k = 0; scale && k < 254; k++) {
    scale.fillStyle = colours.css(colours.ofShare(k / 254));
    scale.fillRect(k, 0, 1, 1);
  }
}
colours.onScheme(() => { paintLegend(); plane.redraw(); curves.draw(); network.redraw(); });
pen.wire();
seeds.wire();
link.open();
