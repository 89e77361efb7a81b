"use strict";
// One activity: drawn when it is opened.
const activities = (() => {
  const { data, text, address, make, link, table, fold } = base;
  const LONG = 14; // rows of a table that stands open
  const OLD = "This browser is too old to open activities, which lie packed in this file. Chrome and Edge from 80, Firefox from 113 and Safari from 16.4 can.";

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

  function facts(pairs) {
    const list = make("dl", "facts");
    for (const [what, value] of pairs) list.append(make("div", "", make("dt", "", text(what)), make("dd", "", text(value))));
    return list;
  }

  // Previous and next, of time and of the route, and back to the table.
  function ways(number) {
    const bar = make("p", "ways");
    const links = data.links[number];
    if (links) {
      const [before, after, routeBefore, routeAfter] = links;
      const named = [["← previous", before], ["next →", after], ["previous on this route", routeBefore], ["next on this route", routeAfter]];
      for (const [words, other] of named) if (other >= 0) bar.append(link(words, address(other)));
    }
    if (document.getElementById("activities")) bar.append(link("table of activities", "#activities"));
    const print = make("button", "", "Print this activity");
    print.type = "button";
    print.addEventListener("click", () => {
      document.body.dataset.only = `a${number}`;
      const section = bar.closest(".activity");
      section.classList.add("alone");
      window.print();
      section.classList.remove("alone");
      delete document.body.dataset.only;
    });
    bar.append(print);
    return bar;
  }

  function zones(parts) {
    const bar = make("div", "zones");
    bar.setAttribute("aria-hidden", "true");
    const list = make("ul", "zone-list");
    parts.forEach(([name, bounds, time, share], k) => {
      const part = make("i", `z${parts.length === 5 ? k : 2 * k}`);
      part.style.width = `${share * 100}%`;
      bar.append(part);
      list.append(make("li", "", make("i", `${part.className} swatch`), `${text(name)}, ${text(bounds)} bpm: ${text(time)} (${Math.round(share * 100)} %)`));
    });
    return [make("h4", "", "Heart-rate zones"), bar, list];
  }

  function main(rows) {
    const list = make("dl", "main");
    for (const [name, value, said] of rows) list.append(make("div", "", make("dt", "", text(name)), make("dd", "", make("b", "", text(value)), make("span", "aside", text(said)))));
    return list;
  }

  function groups(parts) {
    const out = make("div");
    for (const group of parts) {
      out.append(make("h5", "", text(group.title)), table(group.table, { name: text(group.title) }));
      const list = make("ol", "methods");
      for (const method of group.methods) list.append(make("li", "", text(method)));
      out.append(list);
      if (group.missing.length) {
        const none = make("ul", "methods");
        for (const said of group.missing) none.append(make("li", "", text(said)));
        out.append(fold(`Without a value (${group.missing.length})`, none));
      }
    }
    return out;
  }

  function parts(activity, body) {
    const [own, other] = data.imperial ? ["miles", "kilometres"] : ["kilometres", "miles"];
    const names = { kilometres: "Kilometre by kilometre", miles: "Mile by mile", laps: "Laps of the watch" };
    for (const name of [own, other, "laps"]) {
      const part = activity[name];
      if (!part) continue;
      const shown = table(part, { name: names[name], surface: part.heads.length - 1 });
      if (name === own && part.rows.length <= LONG) body.append(make("h4", "", names[name]), shown);
      else body.append(fold(`${names[name]} (${part.rows.length})`, shown));
    }
  }

  async function render(details) {
    if (details.querySelector(".body")) return;
    const number = Number(details.dataset.number);
    const body = make("div", "body");
    details.append(body);
    body.append(ways(number));
    const activity = await base.activity(number);
    if (!activity) {
      body.append(make("p", "notice", OLD));
      return;
    }
    base.tell(activity.texts);
    const span = drawings(activity, number, body);
    if (activity.notice) {
      const parts = activity.notice.split("`");
      body.append(make("p", "notice", ...parts.map((part, k) => (k % 2 ? make("code", "", part) : part))));
    }
    body.append(facts(activity.facts));
    if (activity.notes) body.append(make("p", "notes", activity.notes));
    if (activity.metrics.length) body.append(main(activity.metrics));
    if (activity.zones.length) body.append(...zones(activity.zones));
    parts(activity, body);
    if (activity.splits) body.append(make("h4", "", "Up, flat, down; trail and road"), table(activity.splits, { name: "Splits" }));
    if (activity.climbs) body.append(make("h4", "", "Climbs and descents"), table(activity.climbs, { name: "Climbs and descents", span }));
    if (activity.efforts) body.append(fold(`Best efforts (${activity.efforts.rows.length})`, table(activity.efforts, { name: "Best efforts" })));
    if (activity.segments) body.append(fold(`Segments (${activity.segments.rows.length})`, table(activity.segments, { name: "Segments", surface: 2, span })));
    if (activity.groups.length) body.append(fold("All metrics, and how each was found", groups(activity.groups)));
    if (activity.about.length) body.append(fold("About the recording", facts(activity.about)));
    if (activity.issues.length) {
      const list = make("ul");
      for (const [severity, message, where] of activity.issues) list.append(make("li", "", `${text(severity)}: ${text(message)}${text(where) ? ` (${text(where)})` : ""}`));
      body.append(fold(`Oddities found, and what was done (${activity.issues.length})`, list));
    }
  }

  return { render };
})();
