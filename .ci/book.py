"""The documentation as a site, around what mdBook does.

    python3 .ci/book.py stage PAGES    copies the pages of docs/SUMMARY.md, and every file that they link to
    python3 .ci/book.py check SITE     follows every link of the built site

Both end with 1 and a line for each fault.
"""

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = ROOT / "docs" / "SUMMARY.md"
LINK = re.compile(r"(?<=\]\()[^)\s]+")
CODE = re.compile(r"^(```+).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def within(page: Path, link: str) -> Path | None:
    """The file that a link of a page names, or nothing where it leads into the web."""
    target = urlsplit(link)
    if target.scheme or not target.path:
        return None
    return (page.parent / unquote(target.path)).resolve()


def stage(folder: Path) -> list[str]:
    """Copies the pages to the places that they have in the repository, so that links hold as they are."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    summary = SUMMARY.read_text(encoding="utf-8")
    pages = [within(SUMMARY, link) for link in LINK.findall(summary)]
    # The summary alone moves: to the top, where mdBook looks for it.
    moved = LINK.sub(lambda link: within(SUMMARY, link[0]).relative_to(ROOT).as_posix(), summary)
    (folder / "SUMMARY.md").write_text(moved, encoding="utf-8")
    faults = []
    files = set(pages)
    for page in pages:
        for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
            target = within(page, link)
            if target is None or target in files:
                continue
            if not target.is_file():
                faults.append(f"{page.relative_to(ROOT)}: {link} is no file, so it can be no page of the site")
            elif target.suffix == ".md":
                faults.append(f"{page.relative_to(ROOT)}: {link} is no page of docs/SUMMARY.md")
            else:
                files.add(target)
    for file in files:
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    print(f"{len(pages)} pages, {len(files) - len(pages)} other files")
    return faults


class Page(HTMLParser):
    """What a page of the site links to, and the places in it that a link may name."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def check(site: Path) -> list[str]:
    """Follows every link, also those of the menu that mdBook builds, to its file and its place in it."""
    site = site.resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    faults, followed = [], 0
    for path, page in pages.items():
        # The page for what is not there stands at no one place: its links go from the top, which is not known here.
        if path == site / "404.html":
            continue
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            followed += 1
            file = (path.parent / unquote(target.path)).resolve() if target.path else path
            where = f"{path.relative_to(site)}: {link}"
            if not file.is_relative_to(site) or not file.is_file():
                faults.append(f"{where}: there is no such file")
            elif target.fragment and file in pages and unquote(target.fragment) not in pages[file].places:
                faults.append(f"{where}: the page has no such place")
    print(f"{len(pages)} pages, {followed} links followed")
    if followed < 20 * len(pages):
        faults.append("too few links to be all of them")
    return faults


def main() -> int:
    faults = {"stage": stage, "check": check}[sys.argv[1]](Path(sys.argv[2]))
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
