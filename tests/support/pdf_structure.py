"""What a reader that hears a PDF needs of it: structure, language, title, and the words in the order of the page.

    pdf_structure.py COPY.pdf COPY.json

By qpdf and poppler, which know nothing of the program that wrote it; Debian has no validator of PDF/UA. Says what holds, a
line each; the first thing that does not ends it.
"""
import json
import re
import subprocess
import sys


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def objects(path):
    return [one.get("value") for one in json.loads(run("qpdf", "--json=2", path))["qpdf"][1].values() if isinstance(one.get("value"), dict)]


def structure(path):
    """(depth, type) and (depth, words), in the order of the structure."""
    for line in run("pdfinfo", "-struct-text", path).splitlines():
        depth, said = (len(line) - len(line.lstrip())) // 2, line.strip()
        if said.startswith('"'):
            yield depth, None, said[1:-1]
        elif not said.startswith("/"):
            yield depth, re.split(r"[ :]", said)[0], None


def words_of(said):
    return re.sub(r"\s+", " ", said).strip()


def page_says(page):
    """The words of the page in its order: headings apart from what is under them."""
    yield "H1", page["title"]
    yield "H2", "How this works, and what it means for you"
    for one in page["explanations"]:
        yield "H3", one["title"]
        yield from (("P", paragraph) for paragraph in one["paragraphs"])
    yield "H2", page["rows_title"]
    for row in page["rows"]:
        yield "H3", row["title"]
        for value in row["values"]:
            yield from (("T", value["title"]), ("T", value["value"] or ""))
    for table in page["tables"]:
        yield "H2", table["title"]
        yield "P", table["says"]
        for row in table["rows"] and [{"cells": table["headings"]}] + table["rows"]:
            yield from (("T", cell) for cell in row["cells"])


def main(path, page):
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    known = objects(path)
    catalog = next(one for one in known if one.get("/Type") == "/Catalog")
    assert catalog["/Lang"] == "u:en-GB", catalog["/Lang"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/ViewerPreferences"]["/DisplayDocTitle"], catalog
    assert all(one.get("/Tabs") == "/S" for one in known if one.get("/Type") == "/Page")
    assert re.search(r"^Title: +" + re.escape(page["title"]) + "$", run("pdfinfo", path), re.M)
    print("language, title, and tabs by structure")

    nodes = list(structure(path))
    types = [of for _, of, _ in nodes if of]
    assert types[0] == "Document" and not set(types) - {"Document", "H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "THead", "TBody", "TR", "TH",
                                                        "TD"}, set(types)
    levels = [int(of[1]) for of in types if re.fullmatch("H[1-6]", of)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels
    print("headings from the first level, none left out")

    said, heading = [], None
    for _, of, words in nodes:
        if of:
            heading = of if re.fullmatch("H[1-6]", of) else None
        else:
            said.append((heading, words_of(words)))
    at = 0
    for of, words in page_says(page):
        words = words_of(words)
        if not words:
            continue
        while at < len(said) and said[at][1] != words:
            at += 1
        assert at < len(said), "in the order of the page there is no \"%s\"" % words
        assert of[0] != "H" or said[at][0] == of, "\"%s\" is no %s" % (words, of)
        at += 1
    print("every word of the page, in its order")


with open(sys.argv[2]) as file:
    main(sys.argv[1], json.load(file))
