// 8. Absences and who is called for them.

/** The ids in the order in which the absences were approved: `[{ line, id }]`. */
function readAbsences(bytes, tags) {
  return readLines(bytes, "absences", tags).lines.map(({ number, cells }) => {
    if (cells.length !== 1 || !isId(cells[0])) {
      throw refuseLine(number, "应为一个编号。", "must be one id");
    }
    return { line: number, id: cells[0] };
  });
}

/** Whether replacements.tsv has its form; what it says is computed again and compared. */
function checkReplacements(bytes, tags) {
  for (const { number, cells } of readLines(bytes, "replacements", tags).lines) {
    const [half, absent, called] = cells;
    if (cells.length !== 3 || !isHalf(half) || !isId(absent) || !(called === "-" || isId(called))) {
      throw refuseLine(number, "应为半区、编号，以及编号或“-”。", 'must be half, id, and id or "-"');
    }
  }
}

/** Who holds the seats, from the draw up to the start of the poll. */
class Seating {
  constructor(rankings, bounds, features) {
    this.rankings = rankings;
    this.bounds = bounds;
    this.features = features;
    this.seats = new Set(HALVES.flatMap((half) => rankings[half]).filter(({ status }) => status === "SELECTED"));
    this.gone = new Set();
  }

  /** Takes the seat of somebody and calls the next one: `{ half, absent, called }`; `called` is `null` if nobody can be. */
  replace({ line, id }) {
    const person = HALVES.flatMap((half) => this.rankings[half]).find((person) => person.id === id);
    if (person === undefined) {
      throw refuseLine(line, `名单中没有 ${id}。`, `there is no ${id} in the pool`);
    }
    if (!this.seats.has(person)) {
      throw refuseLine(
        line,
        `${id} 没有席位：未被抽中、尚未递补，或已被替换。`,
        `${id} has no seat: not drawn, not called yet, or replaced already`,
      );
    }
    const before = countFeatures(this.features, this.seats);
    this.seats.delete(person);
    this.gone.add(person);
    const called = this.next(person.half, before);
    if (called !== null) {
      this.seats.add(called);
    }
    return { half: person.half, absent: person, called };
  }

  /** The first unused person whom categories and features allow; features are dropped from the last one on if need be. */
  next(half, before) {
    const unused = this.rankings[half].filter((person) => !this.seats.has(person) && !this.gone.has(person));
    const open = this.openCategories(half);
    const allowed = unused.filter((person) => open.has(person.category));
    for (let kept = this.features.length; kept > 0; kept -= 1) {
      const found = allowed.find((person) => this.keepsFeatures(person, before, kept));
      if (found !== undefined) {
        return found;
      }
    }
    return allowed[0] ?? null;
  }

  /** Whether with this person the first `kept` features are no further outside their ranges than before the absence. */
  keepsFeatures(person, before, kept) {
    const after = countFeatures(this.features, [...this.seats, person]);
    return this.features
      .slice(0, kept)
      .every((feature, index) => distance(feature, after[index]) <= distance(feature, before[index]));
  }

  /** Categories under their floor; if there are none, those below their ceiling. */
  openCategories(half) {
    const below = (limit) => {
      const isBelow = ([category, bound]) => this.countOf(half, category) < bound[limit];
      return new Set([...this.bounds[half]].filter(isBelow).map(([category]) => category));
    };
    const underFloor = below("min");
    return underFloor.size > 0 ? underFloor : below("max");
  }

  countOf(half, category) {
    return [...this.seats].filter((person) => person.half === half && person.category === category).length;
  }

  /** The people of a half who hold a seat now, by rank. */
  representatives(half) {
    return this.rankings[half].filter((person) => this.seats.has(person));
  }
}

function writeReplacements(tag, replacements) {
  const rows = replacements.map(({ half, absent, called }) => [half, absent.id, called?.id ?? "-"]);
  return writeLines(tag, "replacements", rows);
}
