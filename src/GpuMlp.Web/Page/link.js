// The connection to the program: messages to it are JSON, messages from it a head of JSON and numbers behind it.

const kinds = new Map();
let socket, onClosed = () => {};

export function on(kind, take) { kinds.set(kind, take); }

export function onClose(take) { onClosed = take; }

export function open() {
  socket = new WebSocket(`ws://${location.host}/socket`);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = event => take(event.data);
  socket.onclose = event => onClosed(event.reason);
}

export function send(type, more = {}) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, ...more }));
}

// a file goes with a head, as messages from the program do
export function sendFile(head, bytes) {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const message = new Uint8Array(4 + text.length + bytes.length);
  new DataView(message.buffer).setInt32(0, text.length, true);
  message.set(text, 4);
  message.set(bytes, 4 + text.length);
  if (socket.readyState === WebSocket.OPEN) socket.send(message);
}

function take(buffer) {
  const length = new DataView(buffer).getInt32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const parts = {};
  for (const part of head.parts) parts[part.name] = new Uint8Array(buffer, 4 + length + part.at, part.length);
  kinds.get(head.kind)?.(head, parts);
}

// the floats of a part
export function floats(part) { return new Float32Array(part.buffer, part.byteOffset, part.byteLength / 4); }
