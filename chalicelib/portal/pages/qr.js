// QR codes (ISO/IEC 18004) of short texts: bytes, error correction M, versions 1 to 10, mask chosen by the penalties.

import { h } from "./dom.js";

// By version: correction bytes of a block, and how many blocks hold how many bytes of data.
const BLOCKS = [
  [10, [[1, 16]]],
  [16, [[1, 28]]],
  [26, [[1, 44]]],
  [18, [[2, 32]]],
  [24, [[2, 43]]],
  [16, [[4, 27]]],
  [18, [[4, 31]]],
  [22, [[2, 38], [2, 39]]],
  [22, [[3, 36], [2, 37]]],
  [26, [[4, 43], [1, 44]]],
];
const ALIGNED = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (one, other) => (one && other ? EXP[LOG[one] + LOG[other]] : 0);

/** The code as a drawing. */
export function drawCode(text) {
  const modules = encode(text);
  const size = modules.length + 8;
  const dark = modules.flatMap((row, y) => row.map((set, x) => (set ? `M${x + 4} ${y + 4}h1v1h-1z` : "")));
  const image = h("img", { class: "code", alt: "", width: "240", height: "240" });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"><rect width="${size}" height="${size}" fill="#fff"/><path d="${dark.join("")}"/></svg>`;
  image.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  return image;
}

/** The code's modules, true for dark, by row. */
export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, place) => bytes.length <= capacity(place + 1) - (place + 1 < 10 ? 2 : 3)) + 1;
  if (!version) throw new RangeError("The text is too long for a code.");
  const bits = codewords(bytes, version).flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1));
  const drawn = MASKS.map((mask, number) => draw(version, bits, mask, number));
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

const capacity = (version) => BLOCKS[version - 1][1].reduce((sum, [count, size]) => sum + count * size, 0);

function codewords(bytes, version) {
  const lengthBits = version < 10 ? 8 : 16;
  const bits = [0, 1, 0, 0];
  for (let bit = lengthBits - 1; bit >= 0; bit -= 1) bits.push((bytes.length >> bit) & 1);
  for (const byte of bytes) for (let bit = 7; bit >= 0; bit -= 1) bits.push((byte >> bit) & 1);
  const whole = capacity(version) * 8;
  for (let ending = 0; ending < 4 && bits.length < whole; ending += 1) bits.push(0);
  while (bits.length % 8) bits.push(0);
  const data = Array.from({ length: bits.length / 8 }, (_, place) => parseInt(bits.slice(place * 8, place * 8 + 8).join(""), 2));
  for (let pad = 0xec; data.length < whole / 8; pad ^= 0xec ^ 0x11) data.push(pad);
  return interleaved(data, version);
}

function interleaved(data, version) {
  const [correction, groups] = BLOCKS[version - 1];
  const blocks = [];
  for (const [count, size] of groups) for (let block = 0; block < count; block += 1) blocks.push(data.splice(0, size));
  const checks = blocks.map((block) => remainder(block, correction));
  const woven = (rows) => Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, place) => rows.flatMap((row) => row[place] ?? [])).flat();
  return [...woven(blocks), ...woven(checks)];
}

function remainder(block, degree) {
  let generator = [1];
  for (let root = 0; root < degree; root += 1) {
    generator = [...generator, 0].map((value, place) => value ^ (place ? times(generator[place - 1], EXP[root]) : 0));
  }
  const rest = [...block, ...new Array(degree).fill(0)];
  for (let place = 0; place < block.length; place += 1) {
    const lead = rest[place];
    if (lead) for (let term = 0; term <= degree; term += 1) rest[place + term] ^= times(generator[term], lead);
  }
  return rest.slice(block.length);
}

function draw(version, bits, mask, number) {
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => new Array(size).fill(null));
  const set = (x, y, dark) => (grid[y]?.[x] === undefined ? null : (grid[y][x] = Boolean(dark)));
  const square = (cx, cy, radius, dark) => {
    for (let dy = -radius; dy <= radius; dy += 1) for (let dx = -radius; dx <= radius; dx += 1) set(cx + dx, cy + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const centres = ALIGNED[version - 1];
  for (const x of centres) for (const y of centres) if (grid[y][x] === null) square(x, y, 2, (ring) => ring !== 1);
  for (let place = 8; place < size - 8; place += 1) {
    set(place, 6, place % 2 === 0);
    set(6, place, place % 2 === 0);
  }
  format(set, size, number);
  if (version >= 7) versionMarks(set, size, version);
  fill(grid, bits, mask);
  return grid;
}

/** The marks of correction (M: 00) and mask, with their own correction, at two places. */
function format(set, size, number) {
  const value = (bch(number, 10, 0x537) | (number << 10)) ^ 0x5412;
  for (let bit = 0; bit < 15; bit += 1) {
    const dark = (value >> bit) & 1;
    set(8, bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit, dark);
    set(bit < 8 ? size - 1 - bit : bit < 9 ? 15 - bit : 14 - bit, 8, dark);
  }
  set(8, size - 8, true);
}

function versionMarks(set, size, version) {
  const value = (version << 12) | bch(version, 12, 0x1f25);
  for (let bit = 0; bit < 18; bit += 1) {
    const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
    set(far, near, (value >> bit) & 1);
    set(near, far, (value >> bit) & 1);
  }
}

function bch(value, degree, generator) {
  let rest = value << degree;
  for (let bit = 31 - Math.clz32(rest || 1); bit >= degree; bit -= 1) if ((rest >> bit) & 1) rest ^= generator << (bit - degree);
  return rest;
}

/** The data, in columns of two from the right, up and down in turn. */
function fill(grid, bits, mask) {
  const size = grid.length;
  let next = 0;
  for (let right = size - 1, upwards = true; right > 0; right -= 2, upwards = !upwards) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = upwards ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y][x] === null) grid[y][x] = Boolean(bits[next++] ?? 0) !== mask(x, y);
      }
    }
  }
}

function penalty(grid) {
  const size = grid.length;
  const lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x]))].map((line) => line.map(Number).join(""));
  let found = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) found += run.length - 2;
    for (const pattern of ["10111010000", "00001011101"]) for (let at = line.indexOf(pattern); at >= 0; at = line.indexOf(pattern, at + 1)) found += 40;
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) if (new Set([grid[y][x], grid[y - 1][x], grid[y][x - 1], grid[y - 1][x - 1]]).size === 1) found += 3;
  }
  const dark = lines.slice(0, size).join("").replaceAll("0", "").length;
  return found + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10;
}
