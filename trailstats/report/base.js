"use strict";
// The data of the page, and what every part of it is made with. Texts only ever become text nodes.
const base = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data");

  // Texts are those of the activity that was asked for last.
  let texts = [];
  const text = (number) => (typeof number === "string" ? number : texts[number]);

  // An activity's own data are read when it is first looked at.
  const known = new Map();
  function activity(number) {
    if (!known.has(number)) {
      const { own, words, said, region, x, y, ...rest } = read(`data-${number}`);
      const out = { ...own, ...rest, track: { ...own.track, region, x, y } };
      out.about = [...own.about, ...said];
      out.texts = own.texts.map((t) => (typeof t === "string" ? t : data.texts[words[t]]));
      known.set(number, out);
    }
    const found = known.get(number);
    texts = found.texts;
    return found;
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

  return { data, activity, text, address, make, link, scrolling, head, table, fold };
})();
