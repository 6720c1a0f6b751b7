"""One comparison as the Python that computes it again."""

from __future__ import annotations

import pprint

from explorer import links
from explorer.figures.export import Export

HEAD = '''"""Computes one comparison of the Deep Perceptual Similarity Explorer again.

Run it where `import explorer` finds the program, for example in its folder:
    python {name}
It prints metric, norm and total distance, one line each, with tabs between. The page shows the
same comparison at the link below.
"""

import sys

from explorer import explore

LINK = {link}
VALUES = {values}
WEIGHTS_SHA256 = {weights}
'''

UPLOAD = """
# The picture that was uploaded: put the file here, or give its path as the argument.
UPLOAD = sys.argv[1] if len(sys.argv) > 1 else {upload}
UPLOAD_SHA256 = {sha256}
try:
    with open(UPLOAD, "rb") as file:
        found_sha256 = hashlib.sha256(file.read()).hexdigest()
except OSError as error:
    sys.exit(f"The picture {{UPLOAD!r}} cannot be read ({{error.strerror}}): give its path.")
if found_sha256 != UPLOAD_SHA256:
    sys.exit(
        f"{{UPLOAD!r}} is another picture than was compared: its sha256 is {{found_sha256}}, "
        f"not {{UPLOAD_SHA256}}."
    )
"""

TAIL = """
found = explore(VALUES{upload})
receipt = found.comparison.receipt
if receipt.weights.sha256 != WEIGHTS_SHA256:
    print(
        f"Other weights than on the page: sha256 {{receipt.weights.sha256}}, "
        f"not {{WEIGHTS_SHA256}}.",
        file=sys.stderr,
    )
for verdict in found.verdicts:
    print(verdict.metric, verdict.norm, repr(verdict.distance), sep="\\t")
"""


def as_script(export: Export, name: str = "comparison.py") -> str:
    """The script.

    Args:
        export: what to compute again.
        name: of the script's file, for its own explanation.
    """
    found = export.exploration
    upload = export.upload_sha256
    head = HEAD.format(
        name=name,
        link=repr(export.link),
        values=pprint.pformat(links.changed(found.scene), sort_dicts=False, width=92),
        weights=repr(found.comparison.receipt.weights.sha256),
    )
    if not upload:
        return head + TAIL.format(upload="")
    head = head.replace("import sys\n", "import hashlib\nimport sys\n", 1)
    file = repr(export.upload_name or "picture.png")
    return (
        head
        + UPLOAD.format(upload=file, sha256=repr(upload))
        + TAIL.format(upload=", upload=UPLOAD")
    )
