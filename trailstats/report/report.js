"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = (number) => data.texts[number];
  const address = (number) => (data.folder ? `${data.folder}/a${number}.html` : `#a${number}`);

  function make(name, className, content) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (content !== undefined) node.append(content);
    return node;
  }

  // ---- one activity, drawn when it is opened ----

  function table(part, options = {}) {
    const out = make("table");
    const head = make("tr");
    for (const h of part.heads) {
      const cell = make("th", "", text(h));
      cell.scope = "col";
      head.append(cell);
    }
    out.append(make("thead", "", head));
    const body = make("tbody");
    part.rows.forEach((row, k) => {
      const line = make("tr");
      row.forEach((value, column) => {
        const cell = make(column ? "td" : "th", column === options.wide ? "wide" : "");
        if (!column) cell.scope = "row";
        if (options.surface === column) cell.append(make("i", `swatch ${data.surfaces[part.surfaces[k]]}`));
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
    const scroll = make("div", "scroll", out);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", options.name || "Table");
    return scroll;
  }

  function fold(title, content, open) {
    const out = make("details", "fold");
    out.open = Boolean(open);
    out.append(make("summary", "", title), content);
    return out;
  }

  function drawings(activity, number, body) {
    const track = tracks.decode(activity);
    if (!track.along.some((v) => v !== null)) return () => {};
    const host = make("div", "drawn");
    const mapHost = make("div"), side = make("div"), profileHost = make("div", "profile"), readout = make("p", "readout");
    readout.textContent = "Point at the profile or the map, or use the arrow keys.";
    side.append(document.getElementById("legend").content.cloneNode(true), profileHost, readout);
    if (track.x) host.append(mapHost);
    else host.classList.add("single");
    host.append(side);
    body.append(host);
    const drawn = [];
    const point = (i) => {
      for (const d of drawn) d.mark(i);
      readout.textContent = tracks.describe(track, data.surfaces, i, data.imperial);
    };
    const context = { imperial: data.imperial, surfaces: data.surfaces, name: activity.title, number, point };
    let width = 0;
    const draw = () => {
      if (profileHost.clientWidth === width || !profileHost.clientWidth) return;
      width = profileHost.clientWidth;
      drawn.length = 0;
      drawn.push(tracks.profile(profileHost, track, context));
      if (track.x) drawn.push(tracks.map(mapHost, track, context));
    };
    draw();
    new ResizeObserver(draw).observe(profileHost);
    return (a, b) => track.byTime || drawn[0].span(a, b);
  }

  function render(details) {
    if (details.querySelector(".body")) return;
    const number = Number(details.dataset.number);
    const activity = data.activities[number];
    const body = make("div", "body");
    details.append(body);
    const span = drawings(activity, number, body);
    const facts = make("dl", "facts");
    for (const [what, value] of activity.facts) {
      const item = make("div");
      item.append(make("dt", "", text(what)), make("dd", "", text(value)));
      facts.append(item);
    }
    body.append(facts);
    if (activity.notes) body.append(make("p", "notes", activity.notes));
    if (activity.splits) body.append(make("h4", "", "Up, flat, down; trail and road"), table(activity.splits, { name: "Splits" }));
    if (activity.zones.length) {
      const bar = make("div", "zones");
      bar.setAttribute("aria-hidden", "true");
      for (const [, , share] of activity.zones) {
        const part = make("i");
        part.style.width = `${share * 100}%`;
        bar.append(part);
      }
      const words = activity.zones.map(([name, time, share]) => `${text(name)} ${text(time)} (${Math.round(share * 100)} %)`);
      body.append(make("h4", "", "Heart-rate zones"), bar, make("p", "aside", words.join(" · ")));
    }
    if (activity.climbs) body.append(make("h4", "", "Climbs and descents"), table(activity.climbs, { name: "Climbs and descents", span }));
    if (activity.metrics) body.append(make("h4", "", "Metrics"), table(activity.metrics, { name: "Metrics", wide: 5 }));
    if (activity.details) body.append(fold(`More metrics (${activity.details.rows.length})`, table(activity.details, { name: "More metrics", wide: 5 })));
    if (activity.segments) body.append(fold(`Segments (${activity.segments.rows.length})`, table(activity.segments, { name: "Segments", surface: 2, span })));
    if (activity.issues.length) {
      const list = make("ul");
      for (const [severity, message, where] of activity.issues) list.append(make("li", "", `${text(severity)}: ${text(message)}${text(where) ? ` (${text(where)})` : ""}`));
      body.append(make("h4", "", "Oddities found, and what was done"), list);
    }
  }

  for (const details of document.querySelectorAll("details.activity")) {
    details.addEventListener("toggle", () => details.open && render(details));
    if (details.open) render(details);
  }

  function follow() {
    const target = /^#a\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    target.open = true;
    render(target);
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  }
  addEventListener("hashchange", follow);
  follow();
  if (location.hash === "#glossary") document.getElementById("glossary").open = true;
  // A second click on the same link changes no hash, so links are followed by hand as well.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#a']");
    const href = link && link.getAttribute("href");
    if (!href || href !== location.hash) return;
    event.preventDefault();
    follow();
  });

  // ---- on paper all folds are open, but for the lists of links; afterwards they are as before ----

  let unfolded = [];
  addEventListener("beforeprint", () => {
    const every = document.getElementById("print-all");
    const wanted = every && !every.checked ? "details:not(.activity):not(.runs)" : "details:not(.runs)";
    const open = () => {
      for (const details of document.querySelectorAll(wanted)) {
        if (details.open) continue;
        details.open = true;
        unfolded.push(details);
        if (details.classList.contains("activity")) render(details);
      }
    };
    open();
    open(); // what an activity's section brought with it
  });
  addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
    unfolded = [];
  });

  // ---- runs behind a claim ----

  for (const details of document.querySelectorAll("details.runs")) {
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("ul")) return;
      const list = make("ul");
      for (const number of details.dataset.runs.split(" ")) {
        const activity = data.activities[Number(number)];
        const link = make("a", "", `${activity.date.slice(0, 10)} ${activity.title}`);
        link.href = address(number);
        list.append(make("li", "", link));
      }
      details.append(list);
    });
  }

  // ---- table of activities ----

  const sheet = document.getElementById("table");
  if (sheet) {
    const rows = [...sheet.tBodies[0].rows];
    const heads = [...sheet.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.firstElementChild.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].dataset.v;
        const numeric = column !== 1 && column !== 2;
        rows.sort((a, b) => {
          const [p, q] = [value(a), value(b)];
          if (!p || !q) return !p - !q; // without a value: last, whichever way
          return (numeric ? p - q : p.localeCompare(q)) * (down ? -1 : 1);
        });
        sheet.tBodies[0].append(...rows);
      });
    });
    const find = document.getElementById("find"), ground = document.getElementById("ground"), sport = document.getElementById("sport");
    const ofSport = (row) => !sport || !sport.value || (sport.value === "own" ? "own" in row.dataset : row.dataset.sport === sport.value);
    const filter = () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = (!ground.value || row.dataset.surface === ground.value) && ofSport(row) && words.every((w) => row.dataset.search.includes(w));
        row.hidden = !fits;
        shown += fits;
      }
      document.getElementById("shown").value = `${shown} of ${rows.length}`;
    };
    find.addEventListener("input", filter);
    ground.addEventListener("change", filter);
    if (sport) sport.addEventListener("change", filter);
    find.form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  // ---- charts of the history: drawn when they come near, the rest when the page has nothing else to do ----

  const waiting = new Map();
  const draw = (host) => {
    const spec = waiting.get(host);
    if (!spec) return;
    waiting.delete(host);
    spec(host);
  };
  for (const [id, spec] of Object.entries(data.charts)) {
    waiting.set(document.getElementById(id), (host) =>
      vegaEmbed(host, spec, { actions: false, ast: true, renderer: "svg", tooltip: { theme: "custom" } }));
  }
  const routes = document.getElementById("routes");
  if (routes) {
    const counts = new Map();
    for (const a of data.activities) if (a.track.x) counts.set(a.track.region, (counts.get(a.track.region) || 0) + 1);
    const select = document.getElementById("region");
    for (const region of [...counts.keys()].sort((a, b) => a - b)) {
      const option = make("option", "", `${region + 1} (${counts.get(region)} runs)`);
      option.value = region;
      select.append(option);
    }
    select.closest("label").hidden = counts.size < 2;
    const show = () => tracks.routes(routes, data.activities, Number(select.value), data.imperial, address);
    select.addEventListener("change", show);
    waiting.set(routes, show);
  }
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "400px" });
  const idle = window.requestIdleCallback || ((f) => setTimeout(f, 200));
  const rest = () => {
    const next = waiting.keys().next();
    if (next.done) return;
    draw(next.value);
    idle(rest);
  };
  // The chart library stands behind this script: the page can be used before it is there.
  addEventListener("load", () => {
    for (const host of waiting.keys()) near.observe(host);
    setTimeout(() => idle(rest), 300);
  });
})();
