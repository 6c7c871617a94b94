// How the run was made, and what it could not read.

views.about = () => {
  const { about, rejects, counts } = model;
  // What the run was not told is no parameter of it.
  const isSet = (name, value) => name !== "seed" && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  const set = Object.entries(about.parameters).filter(([name, value]) => isSet(name, value));
  const facts = set.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  facts.unshift(["version", about.version], ["seed", String(about.seed)]);
  const rejected = [
    { name: "place", label: "Record", value: ([place]) => place, cell: ([place]) => bdi(place) },
    { name: "reason", label: "Reason", value: ([, reason]) => reason, cell: ([, reason]) => bdi(reason) },
  ];
  const inputs = [
    { name: "path", label: "File", value: ({ path }) => path, cell: ({ path }) => bdi(path) },
    { name: "size", label: "Bytes", number: true, value: ({ bytes }) => bytes, cell: ({ bytes }) => number(bytes), counts: "Bytes of the file" },
    { name: "hash", label: "XXH3", minor: true, cell: ({ xxh3 }) => el("code", {}, xxh3) },
  ];
  return [
    heading("How it was made", "About this report",
      counted(`${many(counts.records, "record")} read`, "Accepted and rejected"), counted(`${many(counts.articles, "article")} accepted`, "Rows of the table articles"),
      counted(`${number(counts.rejects)} rejected`, "Lines of rejects.jsonl")),
    about.warnings.length ? [el("h2", {}, "Warnings"), el("ul", {}, about.warnings.map((warning) => el("li", {}, bdi(warning))))] : null,
    el("h2", {}, "Rejected records"),
    rejects.length
      ? [list({ rows: rejects, columns: rejected, sort: "place", one: "record", caption: "Rejected records", hint: "file or reason", text: (row) => row.join("\n") }, new URLSearchParams()),
         counts.rejects > rejects.length ? el("p", {}, `The first ${number(rejects.length)} of ${number(counts.rejects)}; all are in rejects.jsonl.`) : null]
      : el("p", {}, "Every record was accepted."),
    el("h2", {}, "Input"),
    list({ rows: about.inputs, columns: inputs, sort: "path", one: "file", caption: "Input files" }, new URLSearchParams()),
    el("h2", {}, "Parameters"),
    el("table", {}, el("caption", { class: "unseen" }, "Parameters"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Name"), el("th", { scope: "col" }, "Value"))),
      el("tbody", {}, facts.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, bdi(value)))))),
  ];
};
