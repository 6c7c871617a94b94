// What two articles share, by the rules of `newsfold compare`: the places of the run's passages, or, where a run looked
// for none, the words that agree in a row.

/** Words that must agree in a row before anything is called shared: fewer are an idiom or a name. */
const SEED_WORDS = 8;
/** So many differing words in a row are a change inside a passage; more end it. */
const GAP_WORDS = 12;
/** Where a run of words stands more often than so in the other text, the first places are tried. */
const MOST_PLACES = 16;
/** A pair of places lies inside a larger one from this share of both its sides on, as in src/passage/nested.rs. */
const INSIDE = 0.5;
/** Pairs that a pair is held against on either side, as there. */
const LOOK = 64;
/** Cells of the largest table by which words are aligned: 2,000 words against as many. Beyond it they count as changed. */
const MOST_ALIGNED = 4e6;

/** Scripts that are written without spaces count by the character. */
const UNSPACED = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const OF_WORD = `(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}]`;
/** A word ends before a capital letter that follows a small one, and not at an apostrophe within. */
const WORD = new RegExp(`[${UNSPACED}]|${OF_WORD}(?:(?!(?<=\\p{Ll})\\p{Lu})${OF_WORD}|['’](?=${OF_WORD}))*`, "gu");

const wordsOf = (text) => {
  const found = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    found.push({ word: folded(word), from: index, to: index + word.length });
  }
  return found;
};

/** Runs of words that both texts have: { a, b, length }, in the order of A, no word in two of them. */
const agreeing = (a, b) => {
  const at = new Map();
  const seed = (words, place) => {
    let key = "";
    for (let next = place; next < place + SEED_WORDS; next++) key += `${words[next].word} `;
    return key;
  };
  for (let place = 0; place + SEED_WORDS <= b.length; place++) {
    const key = seed(b, place);
    const known = at.get(key);
    if (!known) at.set(key, [place]);
    else if (known.length < MOST_PLACES) known.push(place);
  }
  const taken = new Uint8Array(b.length);
  const found = [];
  for (let place = 0; place + SEED_WORDS <= a.length; ) {
    let best = null;
    for (const other of at.get(seed(a, place)) ?? []) {
      let length = 0;
      while (a[place + length]?.word === b[other + length]?.word && place + length < a.length && !taken[other + length]) length += 1;
      if (length >= SEED_WORDS && (!best || length > best.length)) best = { a: place, b: other, length };
    }
    if (!best) {
      place += 1;
      continue;
    }
    // The words before may agree too: their seed stood in too many places, or was taken.
    const last = found.at(-1);
    const free = last ? last.a + last.length : 0;
    while (best.a > free && best.b > 0 && a[best.a - 1].word === b[best.b - 1].word && !taken[best.b - 1]) {
      best = { a: best.a - 1, b: best.b - 1, length: best.length + 1 };
    }
    taken.fill(1, best.b, best.b + best.length);
    found.push(best);
    place = best.a + best.length;
  }
  return found;
};

/** Places of which both have the words: agreeing runs that follow one another in both with few other words between. */
const placesOfRuns = (a, b) => {
  const chains = [];
  for (const run of agreeing(a, b)) {
    const chain = chains.at(-1);
    const last = chain?.at(-1);
    const [inA, inB] = last ? [run.a - last.a - last.length, run.b - last.b - last.length] : [Infinity, Infinity];
    if (inA <= GAP_WORDS && inB >= 0 && inB <= GAP_WORDS) chain.push(run);
    else chains.push([run]);
  }
  return chains.map((chain) => {
    const [head, tail] = [chain[0], chain.at(-1)];
    return { a: [head.a, tail.a + tail.length], b: [head.b, tail.b + tail.length] };
  });
};

/** The places that the run's passages have in both, in characters, in the order of A: { passage, a, b }. The first place
    in A goes with the first in B; those that one has more often with the other's last. */
const placesOfPassages = (a, b) => {
  const within = (article) => {
    const found = new Map();
    for (const span of passagesOf(article)) {
      if (!found.has(span.passage)) found.set(span.passage, []);
      found.get(span.passage).push(span);
    }
    for (const spans of found.values()) spans.sort((x, y) => x.start - y.start);
    return found;
  };
  const [inA, inB] = [within(a), within(b)];
  const pairs = new Map();
  for (const [passage, mine] of inA) {
    const theirs = inB.get(passage);
    for (let place = 0; theirs && place < Math.max(mine.length, theirs.length); place++) {
      const pair = { passage, a: mine[place] ?? mine.at(-1), b: theirs[place] ?? theirs.at(-1) };
      const key = [pair.a, pair.b].map(({ start, end }) => `${start}-${end}`).join();
      const known = pairs.get(key);
      if (!known || passage.id < known.passage.id) pairs.set(key, pair);
    }
  }
  return outermost([...pairs.values()]);
};

/** The pairs of places that do not lie inside a larger pair, in order. */
const outermost = (pairs) => {
  const order = ({ a, b }) => [a.start, a.end, b.start, b.end];
  pairs.sort((x, y) => {
    const [one, other] = [order(x), order(y)];
    const place = one.findIndex((value, place) => value !== other[place]);
    return place < 0 ? 0 : one[place] - other[place];
  });
  const length = ({ start, end }) => end - start;
  const size = ({ a, b }) => length(a) + length(b);
  const liesIn = (inner, outer) =>
    Math.min(inner.end, outer.end) - Math.max(inner.start, outer.start) >= INSIDE * length(inner);
  return pairs.filter((pair, place) => {
    const first = Math.max(0, place - LOOK);
    const isLarger = (other, at) => size(other) > size(pair) || (size(other) === size(pair) && at < place);
    return !pairs.slice(first, place + LOOK + 1)
      .some((other, at) => isLarger(other, first + at) && liesIn(pair.a, other.a) && liesIn(pair.b, other.b));
  });
};

/** Of the words of two stretches, the places of those that agree, in order: most of them where a table of that size is held. */
const aligned = (a, b) => {
  const same = (i, j) => a[i].word === b[j].word;
  let head = 0;
  while (head < a.length && head < b.length && same(head, head)) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && same(a.length - 1 - tail, b.length - 1 - tail)) tail += 1;
  const pairs = Array.from({ length: head }, (_, place) => [place, place]);
  const [rows, columns] = [a.length - head - tail, b.length - head - tail];
  if (rows * columns <= MOST_ALIGNED) {
    // The longest common subsequence, from the end, so that it is read from the beginning.
    const wide = columns + 1;
    const longest = new Uint16Array((rows + 1) * wide);
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = columns - 1; j >= 0; j--) {
        longest[i * wide + j] = same(head + i, head + j)
          ? longest[(i + 1) * wide + j + 1] + 1
          : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
      }
    }
    for (let [i, j] = [0, 0]; i < rows && j < columns; ) {
      if (same(head + i, head + j)) pairs.push([head + i++, head + j++]);
      else if (longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) i += 1;
      else j += 1;
    }
  }
  for (let back = tail; back > 0; back--) pairs.push([a.length - back, b.length - back]);
  return pairs;
};

/** What is shared, in words: for each side the spans of the places and of the words in them that differ, and the share of
    its words that stand in a place. */
const sharedWords = (a, b) => {
  const words = { a: wordsOf(a.text), b: wordsOf(b.text) };
  const found = model.has.passages ? placesOfPassages(a, b) : null;
  const pairs = found ? inWords(found, { a, b }, words) : placesOfRuns(words.a, words.b);
  const side = (name, place) => {
    const mine = words[name];
    // What a word is: in no shared place, in one, or in one where the other has it, too.
    const [SHARED, SAME] = [1, 2];
    const is = new Uint8Array(mine.length);
    for (const pair of pairs) for (let at = pair[name][0]; at < pair[name][1]; at++) is[at] ||= SHARED;
    for (const { same } of pairs) for (const both of same) is[both[place]] = SAME;
    const spans = pairs.map(({ [name]: [from, after] }, number) => ({ number, from: mine[from].from, to: mine[after - 1].to }));
    let shared = 0;
    for (let at = 0; at < mine.length; at++) {
      if (is[at]) shared += 1;
      if (is[at] !== SHARED) continue;
      const begun = at;
      while (is[at + 1] === SHARED) at += 1;
      shared += at - begun;
      spans.push({ differs: true, from: mine[begun].from, to: mine[at].to });
    }
    return { spans, share: shared / Math.max(1, mine.length) };
  };
  for (const pair of pairs) {
    const same = aligned(words.a.slice(...pair.a), words.b.slice(...pair.b));
    pair.same = same.map(([inA, inB]) => [inA + pair.a[0], inB + pair.b[0]]);
  }
  return { a: side("a", 0), b: side("b", 1), places: pairs.length, passages: found ? passagesAmong(found) : pairs.length };
};

/** Places in characters as ranges of words. A word that a place cuts is not in it. */
const inWords = (found, articles, words) => {
  const side = (name) => {
    const { text } = articles[name];
    const at = places(text, found.flatMap((pair) => [pair[name].start, pair[name].end]));
    return ({ start, end }) => {
      const first = words[name].findIndex(({ from }) => from >= at(start));
      const after = words[name].findLastIndex(({ to }) => to <= at(end)) + 1;
      return first < 0 ? [after, after] : [first, Math.max(first, after)];
    };
  };
  const [ofA, ofB] = [side("a"), side("b")];
  return found.map(({ a, b }) => ({ a: ofA(a), b: ofB(b) })).filter(({ a, b }) => a[0] < a[1] && b[0] < b[1]);
};

/** What is shared where the texts are not in this page: the passages in the words that one article has them in, and the
    share of characters. */
const sharedPassages = (a, b) => {
  const found = placesOfPassages(a, b);
  const side = (article, name) => {
    const spans = found.map((pair, number) => {
      const { start, end, identity } = pair[name];
      return { number, from: start, to: end, text: passageText(pair.passage), identity };
    }).sort((x, y) => x.from - y.from);
    let [covered, reached] = [0, 0];
    for (const { from, to } of spans) {
      covered += Math.max(0, to - Math.max(from, reached));
      reached = Math.max(reached, to);
    }
    return { spans, share: covered / Math.max(1, article.chars) };
  };
  return { a: side(a, "a"), b: side(b, "b"), places: found.length, passages: passagesAmong(found) };
};

const passagesAmong = (found) => new Set(found.map(({ passage }) => passage)).size;
