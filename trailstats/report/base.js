"use strict";
// The data of the page, and what every part of it is made with. Texts only ever become text nodes.
const base = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data");

  // Texts are those of the activity that is being drawn.
  let texts = [];
  const tell = (of) => (texts = of);
  const text = (number) => (typeof number === "string" ? number : texts[number]);

  // An activity's own data are opened when it is first looked at; those of many are packed.
  async function opened(number) {
    const { type, textContent } = document.getElementById(`data-${number}`);
    if (type === "application/json") return JSON.parse(textContent);
    if (!window.DecompressionStream) return null;
    const packed = Uint8Array.from(atob(textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  // What follows from all runs together stands in an activity as marks.
  function unmarked(said, level) {
    return said.includes("\ue000") ? level.reduce((out, words, k) => out.replaceAll(data.marks[k], words), said) : said;
  }

  // Null where the browser can't open what is packed.
  async function activity(number) {
    const own = await opened(number);
    if (!own) return null;
    const { x, y } = line(number);
    const track = { ...own.track, region: data.regions[number], x, y };
    const about = [...own.about, ...data.said[number]];
    const texts = own.texts.map((said) => unmarked(said, data.levels[number]));
    return { ...own, title: data.titles[number], track, about, texts };
  }

  // Columns come as differences from the last known value; null stays null.
  function summed(steps, scale = 1) {
    let last = 0;
    return steps && steps.map((step) => (step === null ? null : (last += step) / scale));
  }

  // The line of a track on the map, nothing where none is known; they are read when the first is asked for.
  let lines = null;
  function line(number) {
    if (!lines) {
      lines = read("lines");
      let end = 0;
      lines.ends = [0, ...lines.counts.map((count) => (end += count))];
    }
    const [from, to] = [lines.ends[number], lines.ends[number + 1]];
    if (from === to) return {};
    return { x: summed(lines.x.slice(from, to)), y: summed(lines.y.slice(from, to)), ...ground(lines.ground.slice(from, to)) };
  }

  // At each point the surface times two, plus one where it is technical; a capital starts the line anew.
  function ground(text) {
    const letters = [...text];
    return {
      piece: letters.map((letter) => letter.toLowerCase().charCodeAt(0) - 97),
      starts: new Set(letters.flatMap((letter, k) => (letter < "a" ? [k] : []))),
    };
  }

  function address(number) {
    if (data.front) return `a${number}.html`;
    return data.folder ? `${data.folder}/a${number}.html` : `#a${number}`;
  }

  function make(name, className, ...content) {
    const node = document.createElement(name);
    if (className) node.className = className;
    for (const part of content) if (part !== undefined) node.append(part);
    return node;
  }

  function link(words, href) {
    const node = make("a", "", words);
    node.href = href;
    return node;
  }

  // A wide table that scrolls by itself.
  function scrolling(table, name) {
    const scroll = make("div", "scroll", table);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", name);
    return scroll;
  }

  function head(words) {
    const line = make("tr");
    for (const word of words) {
      const cell = make("th", "", word);
      cell.scope = "col";
      line.append(cell);
    }
    return make("thead", "", line);
  }

  function table(part, options = {}) {
    const out = make("table", "", head(part.heads.map(text)));
    const body = make("tbody");
    part.rows.forEach((row, k) => {
      const line = make("tr");
      row.forEach((value, column) => {
        const cell = make(column ? "td" : "th");
        if (!column) cell.scope = "row";
        if (options.surface === column) cell.append(make("i", `swatch ${part.surfaces ? data.surfaces[part.surfaces[k]] : text(value)}`));
        cell.append(text(value));
        line.append(cell);
      });
      if (part.spans && options.span) {
        line.tabIndex = 0;
        const [a, b] = part.spans[k];
        for (const kind of ["pointerenter", "focus"]) line.addEventListener(kind, () => options.span(a, b));
        for (const kind of ["pointerleave", "blur"]) line.addEventListener(kind, () => options.span(0, 0));
      }
      body.append(line);
    });
    out.append(body);
    return scrolling(out, options.name || "Table");
  }

  function fold(title, content, open) {
    const out = make("details", "fold");
    out.open = Boolean(open);
    out.append(make("summary", "", title), content);
    return out;
  }

  return { data, activity, tell, line, ground, summed, text, address, make, link, scrolling, head, table, fold };
})();
