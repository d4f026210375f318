// Every number stands a second time on the page, packed: the two copies, piece by piece.

/** What differs between the pieces of the page and the lines of their copy: [{node, said, derived}]. */
function apartFrom(pieces, copy) {
  const lines = linesOf(pieces);
  const owners = pieces.flatMap((piece) => (piece.first ? [piece, piece] : [piece]));
  let start = 0;
  while (start < lines.length && start < copy.length && lines[start] === copy[start]) start += 1;
  let [end, other] = [lines.length, copy.length];
  while (end > start && other > start && lines[end - 1] === copy[other - 1]) [end, other] = [end - 1, other - 1];
  const found = [];
  if (end - start !== other - start) {
    const at = owners[Math.min(start, lines.length - 1)];
    return [{ node: at ? at.node : document.body, said: lines.slice(start, end).join(" / "), derived: copy.slice(start, other).join(" / ") }];
  }
  for (let k = start; k < end; k += 1) if (lines[k] !== copy[k]) found.push({ node: owners[k].node, ...wordApart(lines[k], copy[k]) });
  return found;
}

/** The first words of two lines that are not the same. */
function wordApart(line, copy) {
  const [said, held] = [line.split(" "), copy.split(" ")];
  const k = said.findIndex((word, place) => word !== held[place]);
  return said.length === held.length && k >= 0 ? { said: said[k], derived: held[k] } : { said: line, derived: copy };
}
