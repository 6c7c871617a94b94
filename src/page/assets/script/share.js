// What is shown, as a file of its own: to send on, or to keep.

/** What a file without script has no use for. */
const FOR_SCRIPT = "script, noscript, #nav, .skip, .tools, .pages, .panel, #share, [hidden], details:not([open]), .on-page, button:not(.label, [data-column])";

/** The page as it is shown: no script, no more of the data than can be seen, and nothing to press. */
const shown = () => {
  const page = document.documentElement.cloneNode(true);
  for (const gone of page.querySelectorAll(FOR_SCRIPT)) gone.remove();
  for (const button of page.querySelectorAll("button")) button.replaceWith(el("span", { class: button.getAttribute("class") }, ...button.childNodes));
  for (const field of page.querySelectorAll("input, select")) field.disabled = true;
  for (const inside of page.querySelectorAll("a[href^='#']")) inside.removeAttribute("href");
  page.querySelector("footer").append(el("p", {}, `A view of a report, saved on ${when(Date.now() / 1000)}: ${location.hash || "#stories"}`));
  return `<!doctype html>\n${page.outerHTML}\n`;
};

/** Saves a file that is made of what the page has: nothing is asked for. */
const save = (text, type, name) => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};

const offerToShare = () => {
  const press = () => save(shown(), "text/html", `newsfold-${asked().view}.html`);
  document.querySelector("footer").append(el("p", { id: "share" }, el("button", { type: "button", click: press }, "Share this view"), " ",
    el("span", {}, "A file with what is shown here and no more.")));
};
