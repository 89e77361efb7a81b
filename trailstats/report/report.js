"use strict";
(() => {
  const { data, address, make } = base;
  const { render } = activities;

  const FIRST_ROWS = 100, MORE_ROWS = 300;

  for (const details of document.querySelectorAll("details.activity")) {
    details.addEventListener("toggle", () => details.open && render(details));
    if (details.open) render(details);
  }

  async function follow() {
    const target = /^#a\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    target.open = true;
    const drawn = render(target);
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
    await drawn;
    target.scrollIntoView(); // of the last one, which had no room before
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

  // ---- on paper: the front and the table, or the one activity that was asked for ----

  // Its folds are open there, but for the lists of links; afterwards they are as before.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    const alone = document.body.dataset.only;
    const wanted = alone ? `#${alone} details` : ".archive details:not(.activity, .activity *), body:not(.archive) .activity details";
    for (const details of document.querySelectorAll(wanted)) {
      if (details.open || details.matches(".runs, .glossary")) continue;
      details.open = true;
      unfolded.push(details);
    }
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
        const link = make("a", "", `${data.dates[number].slice(0, 10)} ${data.titles[number]}`);
        link.href = address(number);
        list.append(make("li", "", link));
      }
      details.append(list);
    });
  }

  // ---- table of activities ----

  let filterTable = () => {};
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
        filter();
      });
    });
    const find = document.getElementById("find"), ground = document.getElementById("ground"), sport = document.getElementById("sport");
    const ofSport = (row) => !sport || !sport.value || (sport.value === "own" ? "own" in row.dataset : row.dataset.sport === sport.value);
    // Of a long table the first rows are shown, more when its end comes near: a browser takes seconds for thousands.
    let most = FIRST_ROWS;
    const later = make("p", "later", make("button", "", "Show more"));
    const filter = () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = period.inside(row.dataset.day) && (!ground.value || row.dataset.surface === ground.value) && ofSport(row) && words.every((w) => row.dataset.search.includes(w));
        row.hidden = !fits || shown >= most;
        shown += fits;
      }
      later.hidden = shown <= most;
      document.getElementById("shown").value = `${shown} of ${rows.length}`;
    };
    find.addEventListener("input", filter);
    ground.addEventListener("change", filter);
    if (sport) sport.addEventListener("change", filter);
    find.form.addEventListener("submit", (event) => event.preventDefault());
    const more = () => {
      most += MORE_ROWS;
      filter();
    };
    later.firstElementChild.addEventListener("click", more);
    new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more(), { rootMargin: "400px" }).observe(later);
    for (const [event, count] of [["beforeprint", Infinity], ["afterprint", FIRST_ROWS]]) {
      addEventListener(event, () => {
        most = count;
        filter();
      });
    }
    sheet.parentElement.after(later);
    filter();
    sheet.classList.add("ready");
    filterTable = filter;
  }

  // ---- charts of the history: drawn when they come near, the rest when the page has nothing else to do ----

  const waiting = new Map();
  const draw = (host) => {
    const spec = waiting.get(host);
    if (!spec) return;
    waiting.delete(host);
    spec(host);
  };
  const drawnCharts = new Map();
  const embed = (host) => {
    drawnCharts.set(host, embed);
    const spec = period.specification(host.id);
    if (!spec) return host.replaceChildren(make("p", "aside", "Nothing of it in this period."));
    return vegaEmbed(host, spec, { actions: false, ast: true, renderer: "svg", tooltip: { theme: "custom" } });
  };
  for (const id of Object.keys(data.charts)) waiting.set(document.getElementById(id), embed);
  const routes = document.getElementById("routes");
  if (routes) {
    const counts = new Map();
    for (const region of data.regions) if (region >= 0) counts.set(region, (counts.get(region) || 0) + 1);
    const select = document.getElementById("region");
    for (const region of [...counts.keys()].sort((a, b) => a - b)) {
      const option = make("option", "", `${region + 1} (${counts.get(region)} run${counts.get(region) === 1 ? "" : "s"})`);
      option.value = region;
      select.append(option);
    }
    select.closest("label").hidden = counts.size < 2;
    const show = () => {
      drawnCharts.set(routes, show);
      const numbers = [...data.regions.keys()].filter((n) => data.regions[n] === Number(select.value) && period.inside(data.dates[n].slice(0, 10)));
      tracks.routes(routes, numbers, Number(select.value), data.imperial, address);
    };
    select.addEventListener("change", show);
    waiting.set(routes, show);
  }
  // Another period: what is drawn is drawn anew, the table follows.
  period.begin(() => {
    for (const [host, again] of drawnCharts) again(host);
    if (sheet) filterTable();
  });
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
