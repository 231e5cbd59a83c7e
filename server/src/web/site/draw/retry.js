// 7. public-draw/2: the first try whose people meet every feature line.

/** How long the page may compute before it lets the browser draw the progress bar, in milliseconds. */
const SLICE = 40;

/** seed_0 is the seed, every other one the hash of a line. */
function seedOfTry(seed, t) {
  return t === 0 ? seed : hashLine("retry", seed, String(t));
}

/** How many of these people have the value of each feature. */
function countFeatures(features, people) {
  const counts = features.map(() => 0);
  for (const { cells } of people) {
    features.forEach(({ position, value }, index) => {
      counts[index] += cells[position] === value ? 1 : 0;
    });
  }
  return counts;
}

/** How far a count is outside its feature's range; 0 inside. */
function distance({ min, max }, count) {
  return Math.max(min - count, count - max, 0);
}

/** The feature lines that these people do not meet, with what they have. */
function unmetFeatures(features, people) {
  const counts = countFeatures(features, people);
  const all = features.map((feature, index) => ({ ...feature, count: counts[index] }));
  return all.filter((feature) => distance(feature, feature.count) > 0);
}

/** The line `retry<TAB>t<TAB>seed_t` of result.tsv. */
async function readRetry(bytes, announcement, seed) {
  const { lines } = readLines(bytes, "result", [WITH_FEATURES]);
  const line = lines[2] ?? { number: 4, cells: [] };
  const [key, number, hash] = line.cells;
  const t = line.cells.length === 3 && key === "retry" ? parseNumber(number) : null;
  if (t === null || !isHash(hash)) {
    throw refuseLine(line.number, "应为 retry、次数 t 和 seed_t。", "must be retry, the number t and seed_t");
  }
  if (t >= announcement.retryCap) {
    throw refuseLine(
      line.number,
      `次数 ${t} 超过了公告的上限 ${announcement.retryCap}（从 0 数起）。`,
      `try ${t} is beyond the announced cap of ${announcement.retryCap} (counted from 0)`,
    );
  }
  if (hash !== (await seedOfTry(seed, t))) {
    throw refuseLine(line.number, `seed_t 不是第 ${t} 次的哈希。`, `seed_t is not the hash of try ${t}`);
  }
  return { t, seed: hash };
}

/** The first try, before try `limit`, whose people meet every feature; `null` if there is none. `progress` is told how many
    tries are done and says whether to go on. */
async function findEarlierTry(pool, announcement, features, bounds, seed, limit, progress) {
  await compareHashFunctions();
  const halves = HALVES.map((half) => ({
    tickets: new TicketTable(membersOf(pool, half)),
    take: announcement.take[half],
    bounds: bounds[half],
  }));
  let sliceEnd = performance.now() + SLICE;
  for (let t = 0; t < limit; t += 1) {
    const seedT = t === 0 ? seed : ownSha256(lineOf("retry", seed, String(t)));
    const people = halves.flatMap(({ tickets, take, bounds }) => [...select(tickets.order(seedT), take, bounds)]);
    if (unmetFeatures(features, people).length === 0) {
      return { t, seed: seedT };
    }
    if (performance.now() > sliceEnd) {
      await progress(t + 1, limit);
      await nextTask();
      sliceEnd = performance.now() + SLICE;
    }
  }
  return null;
}

/** Lets the browser draw and react; unlike a timer it takes no time of its own. */
function nextTask() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}

/** Our SHA-256 must agree with the browser's, for lines of every length that the search hashes and more. */
async function compareHashFunctions() {
  for (let length = 0; length < 200; length += 1) {
    const text = "0123456789abcdef\t".repeat(12).slice(0, length);
    if (ownSha256(text) !== (await sha256(text))) {
      throw new Refusal(
        "这个浏览器计算 SHA-256 有误，请换一个浏览器再试。",
        "this browser computes SHA-256 wrongly; try another one",
      );
    }
  }
  const members = ["P1", "P".repeat(32), "a.b_c-d"].map((id) => ({ id }));
  const seed = await sha256("seed");
  const slow = await rank(members, seed);
  const fast = new TicketTable(members).order(seed);
  if (fast.some((member, index) => member.id !== slow[index].id)) {
    throw new Refusal("浏览器两种算法排出的名次不同。", "two ways to rank in this browser differ");
  }
}

/** All tickets of some people, again and again with other seeds.
 *
 * A ticket's line is 86 bytes, the id, and LF: two blocks of 64 bytes. The first block, 21 bytes and the first 43 digits of
 * the seed, is the same for everybody, so each try hashes it once. */
class TicketTable {
  constructor(members) {
    this.members = members;
    this.blocks = members.map(({ id }) => toBlocks(encode(lineOf("ticket", "0".repeat(64), id))));
    this.tickets = new Int32Array(members.length * 8);
    this.state = new Int32Array(8);
  }

  /** The people by ticket, lowest first; at the same ticket by id. */
  order(seed) {
    const [first, second] = toBlocks(encode(lineOf("ticket", seed, "")));
    compress(INITIAL_STATE, first, this.state, 0);
    this.blocks.forEach(([, block], index) => {
      // 21 digits of the seed: five words and the first byte of the sixth.
      for (let word = 0; word < 5; word += 1) {
        block[word] = second[word];
      }
      block[5] = (block[5] & 0x00ffffff) | (second[5] & 0xff000000);
      compress(this.state, block, this.tickets, index * 8);
    });
    const indices = Array.from(this.members.keys());
    return indices.sort((one, other) => this.compare(one, other)).map((index) => this.members[index]);
  }

  compare(one, other) {
    for (let word = 0; word < 8; word += 1) {
      const difference = (this.tickets[one * 8 + word] >>> 0) - (this.tickets[other * 8 + word] >>> 0);
      if (difference !== 0) {
        return difference;
      }
    }
    // The pool is in the order of the ids.
    return one - other;
  }
}
