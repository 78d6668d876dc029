"""What can be measured on a printed page."""

import pymupdf


def find_smallest_type(data):
    """Return (size in points, the text) of the smallest lettering of a PDF, drawings included."""
    with pymupdf.open(stream=data) as document:
        spans = [
            (span["size"], span["text"])
            for page in document
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            if span["text"].strip()
        ]
    return min(spans)
